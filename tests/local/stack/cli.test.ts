import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { freePort } from "@/tests/support/stack/real-postgres";

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
  [
    "DATABASE_URL",
    "postgresql://u:secret@127.0.0.1:1/n",
    /^DATABASE_URL: no connection to Postgres at 127\.0\.0\.1:1: .*ECONNREFUSED/,
  ],
  ["REDIS_URL", "localhost:6379", /^REDIS_URL: must be a URL like redis:/],
])("a wrong %s=%s is said in one line", async (name, value, message) => {
  const { code, stderr } = await cli("stack", { [name]: value });
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).not.toContain("secret");
});

it("reset takes away what the stack keeps, and nothing else that is in the folder", async () => {
  await mkdir(path.join(dataDir, "redis/appendonlydir"), { recursive: true });
  await writeFile(path.join(dataDir, "secrets.json"), "{}");
  await writeFile(path.join(dataDir, "thesis.txt"), "all of it");
  expect(await cli("reset")).toMatchObject({ code: 0 });
  expect(await readdir(dataDir)).toEqual(["thesis.txt"]);
});
