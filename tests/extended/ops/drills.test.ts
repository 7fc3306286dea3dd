import { execFile } from "node:child_process";
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
async function run(
  line: string,
  env: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile("bash", ["-c", line], { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
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
