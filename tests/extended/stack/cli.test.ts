import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseEnv, promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EngineConnection } from "@/local/redis/engine-connection";
import { parseRedisUrl } from "@/local/redis/redis-address";
import { runCommand } from "@/tests/support/processes/command-line";
import { freeBasePort } from "@/tests/support/processes/running-app";
import { freePort } from "@/tests/support/stack/real-postgres";
import { spawnGuarded } from "../../../local/process/spawn-guarded";
import { readSettings } from "../../../local/stack/settings";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "nd-cli-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function cli(command: string, env: Record<string, string> = {}) {
  const args = ["--import", "tsx", "local/cli.ts", command];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: "test",
        DATA_DIR: dataDir,
        PORT: String(await freePort()),
        ...env,
      },
      timeout: 100_000,
    });
    return { code: 0, stdout, stderr: "" };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

it.each([
  ["PORT", "x", /^PORT: /],
  ["DATABASE_URL", "localhost", /^DATABASE_URL: must be a URL like postgresql:/],
  ["REDIS_URL", "localhost:6379", /^REDIS_URL: must be a URL like redis:/],
])("prints one line for the invalid setting %s=%s", async (name, value, message) => {
  const { code, errors } = await runCommand(() => import("../../../local/cli"), ["stack"], {
    ...{ NODE_ENV: "test", DATA_DIR: dataDir, [name]: value },
  });
  expect(code).toBe(1);
  expect(errors).toMatch(message);
  expect(errors.trim().split("\n")).toHaveLength(1);
});

it.each([
  [
    "DATABASE_URL",
    "postgresql://u:secret@127.0.0.1:1/n",
    /^DATABASE_URL: no connection to Postgres at 127\.0\.0\.1:1: .*ECONNREFUSED/,
  ],
])("prints one line for the invalid setting %s=%s", async (name, value, message) => {
  const { code, stderr } = await cli("stack", { [name]: value });
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).not.toContain("secret");
});

describe("reset", () => {
  it("removes the stack's files and no others, and prints the folder", async () => {
    await mkdir(path.join(dataDir, "redis/appendonlydir"), { recursive: true });
    await writeFile(path.join(dataDir, "secrets.json"), "{}");
    await writeFile(path.join(dataDir, "thesis.txt"), "all of it");
    const { code, stdout } = await cli("reset");
    expect(code).toBe(0);
    expect(stdout.trim()).toBe(`Removed the local stack's files from ${dataDir}`);
    expect(await readdir(dataDir)).toEqual(["thesis.txt"]);
  });

  it("reads DATA_DIR from .env.local, as dev does", async () => {
    await writeFile(path.join(dataDir, ".env.local"), "DATA_DIR=kept\n");
    await mkdir(path.join(dataDir, "kept/redis"), { recursive: true });
    const tsx = import.meta.resolve("tsx");
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--import", tsx, path.resolve("local/cli.ts"), "reset"],
      { cwd: dataDir, env: { PATH: process.env.PATH, NODE_ENV: "development" } },
    );
    expect(stdout.trim()).toBe("Removed the local stack's files from kept/");
    expect(await readdir(path.join(dataDir, "kept"))).toEqual([]);
  });
});

it("stack prints its data folder and writes stack.env for tools and apps beside it", async () => {
  const lines: string[] = [];
  const stack = await spawnGuarded({
    command: process.execPath,
    args: ["--import", "tsx", "local/cli.ts", "stack"],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: "test",
      DATA_DIR: dataDir,
      PORT: String(await freeBasePort()),
      LOCAL_REDIS_ENGINE: "embedded",
      // An external database, which is neither migrated nor seeded: this test needs none.
      DATABASE_URL: "postgresql://user:password@database.example/name",
    },
    onLine: (line) => lines.push(line),
  });
  try {
    await expect
      .poll(() => lines.at(-1), { timeout: 100_000 })
      .toBe(`  Ctrl-C stops everything; npm run reset empties ${dataDir}`);
    expect(lines.join("\n")).toMatch(/^ {2}Redis +redis:\S+ +\(embedded, data in memory only; lacks /m);

    const written = parseEnv(await readFile(path.join(dataDir, "stack.env"), "utf8"));
    expect(written.MAIL_FROM).toBe("NormalDance <no-reply@normaldance.test>");
    const connection = await EngineConnection.open(parseRedisUrl(written.REDIS_URL ?? ""));
    await connection.send(["SET", "key", "through Redis itself"]);
    connection.close();
    const answer = await fetch(`${written.UPSTASH_REDIS_REST_URL}/get/key`, {
      headers: { authorization: `Bearer ${written.UPSTASH_REDIS_REST_TOKEN}` },
    });
    expect(await answer.json()).toEqual({ result: "through Redis itself" });

    // An app started from a shell that sourced the file uses this stack: its stack starts no gateway in front of
    // the same Redis.
    expect(readSettings(written)).toMatchObject({
      externalRedisRest: true,
      externalQstash: true,
      externalStripe: true,
    });
  } finally {
    await stack.stop();
  }
});
