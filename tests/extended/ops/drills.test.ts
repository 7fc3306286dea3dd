import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb } from "@/lib/db";
import { keys, redis, redisService } from "@/lib/redis";
import { createPerson } from "@/tests/support/factories/people";
import { serveApp } from "@/tests/support/processes/app-server";
import type { RouteServer } from "@/tests/support/processes/route-server";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";
import { findBinFolder } from "@/tests/support/stack/real-postgres";
import { workerStack } from "@/tests/support/stack/worker-stack";
import { readPage } from "@/tests/unit/docs/markdown";

/** The drills of docs/OPERATIONS.md, by the commands that stand there. */

const backends = await startIsolatedBackends();
let app: RouteServer;
let folder: string;

beforeAll(async () => {
  app = await serveApp(backends.appPort);
  folder = await mkdtemp(path.join(tmpdir(), "normaldance-drills-"));
  // The only administrator: the commands name none.
  await createPerson("admin");
});
afterAll(async () => {
  await app.close();
  await disconnectDb();
  await backends.stop();
  await rm(folder, { recursive: true });
});

/** A stack and five commands are started, each of which compiles what it runs. */
const REGION_LIMIT_MS = 400_000;

/** The shell block under a heading; files are made in this test's folder. */
function commandsUnder(heading: string): string[] {
  const section = readPage("docs/OPERATIONS.md").text.split(`\n### ${heading}\n`)[1]?.split("\n#")[0] ?? "";
  const block = /```sh\n([\s\S]*?)```/.exec(section)?.[1] ?? "";
  return block
    .split("\n")
    .filter((line) => line !== "" && line !== ". .data/stack.env")
    .map((line) =>
      line.replace(/\b(normaldance\.dump|redis-backup\.jsonl)\b/g, (name) => path.join(folder, name)),
    );
}

/** Runs a line in a shell with the environment of this file. */
const run = (line: string, env: Record<string, string> = {}) => runIn({ ...process.env, ...env }, line);

async function runIn(
  env: Readonly<Record<string, string | undefined>>,
  script: string,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile("bash", ["-c", script], { env: { ...env, NODE_ENV: "test" } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    );
  });
}

it("rotate keys", async () => {
  const lines = commandsUnder("Drill: rotate keys");
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    const { code, output } = await run(line);
    expect([line, code, output]).toEqual([line, 0, expect.any(String)]);
    if (line.includes("test-integration")) expect(output).toMatch(/"qstash":\{"status":"ok"/);
  }
});

it("back up and restore", async ({ skip }) => {
  // The embedded Postgres has one database and no pg_dump.
  skip(!workerStack().real);
  const post = newId();
  await redis().send(["FLUSHDB"]);
  await redis().send(["SADD", keys.postPendingViews(post), "1", "2"]);
  const people = await db().user.count();
  expect(people).toBeGreaterThan(0);

  const env = {
    PATH: `${await findBinFolder()}:${process.env.PATH}`,
    RESTORED_URL: withDatabase(process.env.DIRECT_URL ?? "", "normaldance_restored"),
  };
  for (const line of commandsUnder("Drill: back up")) {
    const { code, output } = await run(line, env);
    expect([line, code, output]).toEqual([line, 0, expect.any(String)]);
  }
  await redis().send(["FLUSHDB"]);
  const lines = commandsUnder("Drill: restore");
  expect(lines).toHaveLength(5);
  try {
    for (const line of lines) {
      const { code, output } = await run(line, env);
      expect([line, code, output]).toEqual([line, 0, expect.any(String)]);
    }
    expect(await redisService().scard(keys.postPendingViews(post))).toBe(2);
    const counted = await run(
      `psql --tuples-only --no-align -c 'SELECT count(*) FROM "User"' "$RESTORED_URL"`,
      env,
    );
    expect(Number(counted.output)).toBe(people);
  } finally {
    await run(`dropdb --force --maintenance-db="$DIRECT_URL" normaldance_restored`, env);
  }
});

it("a region is lost", { timeout: REGION_LIMIT_MS }, async ({ skip }) => {
  skip(!workerStack().real);
  const { PATH, HOME = "", DIRECT_URL = "" } = process.env;
  // A shell that knows nothing of the lost region's backends.
  const env = {
    PATH: `${await findBinFolder()}:${PATH}`,
    ...{ HOME, DIRECT_URL, REGION_URL: withDatabase(DIRECT_URL, "normaldance_region") },
  };
  // The stack's other ports follow this one.
  const port = String(randomInt(20_000, 30_000));
  const lines = commandsUnder("Drill: a region is lost").map((line) =>
    line.replace(".data/region", path.join(folder, "region")).replace("4100", port),
  );
  expect(lines).toHaveLength(12);
  const [dump = ""] = commandsUnder("Drill: back up");
  const email = (await db().user.findFirstOrThrow({ where: { role: "admin" } })).email;
  try {
    const { code, output } = await runIn(env, [dump, ...lines].join("\n"));
    expect([code, output]).toEqual([0, expect.stringContaining(email)]);
    // On a busy machine a backend may be slow.
    for (const backend of ["database", "redis", "qstash", "files", "mail"])
      expect(output).toMatch(new RegExp(`^${backend} +(ok|slow) `, "m"));
    expect(output).toContain("posts synced");
    expect(output).toMatch(/plan free: 289 of 1,?000 messages a day/);
  } finally {
    await run(`dropdb --force --if-exists --maintenance-db="$DIRECT_URL" normaldance_region`, env);
  }
});

it("a backend is away", async () => {
  const lines = commandsUnder("Drill: a backend is away");
  expect(lines).toHaveLength(3);
  for (const [index, backend] of ["redis", "qstash", "database"].entries()) {
    const { code, output } = await run(lines[index] ?? "");
    expect([backend, code]).toEqual([backend, 1]);
    const down = output.split("\n").filter((line) => / down /.test(line));
    expect(down.map((line) => line.split(" ")[0])).toEqual([backend]);
  }
});

function withDatabase(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.toString();
}
