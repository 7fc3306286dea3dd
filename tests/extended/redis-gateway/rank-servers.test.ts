import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { startRedisEngine } from "@/local/redis/engine";
import { EngineConnection } from "@/local/redis/engine-connection";
import { EMBEDDED_MISSING_FEATURES, missingFeatures } from "@/local/redis/engine-features";
import { describeServer, findServers } from "@/local/redis/find-servers";
import { parseRedisUrl } from "@/local/redis/redis-address";
import { ErrorReply } from "@/local/redis/resp/reply";
import { folderPerTest, hasRedisServer } from "@/tests/support/servers/redis-gateway";
import { startServingCli } from "@/tests/support/servers/redis-gateway-cli";

const folder = folderPerTest();

/** Creates a shell script in a new folder. @returns the folder */
async function program(name: string, script: string): Promise<string> {
  const binFolder = path.join(folder.path, Math.random().toString(36).slice(2));
  await mkdir(binFolder);
  await writeFile(path.join(binFolder, name), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(binFolder, name), 0o755);
  return binFolder;
}

/** Creates a redis-server that prints the version output of, for example, `Redis 7.0.15`. */
function server(version: string): Promise<string> {
  const [family = "", number = ""] = version.split(" ");
  const output = `${family} server v=${number} sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0`;
  return program(`${family.toLowerCase()}-server`, `echo "${output}"`);
}

async function rank(folders: readonly string[]): Promise<{ names: string[]; lines: string[] }> {
  const lines: string[] = [];
  const ranked = await findServers(folders.join(path.delimiter), (line) => lines.push(line));
  return { names: ranked.map(describeServer), lines };
}

describe("findServers", () => {
  test.each([
    ["the newer of two", ["Redis 7.0.15", "Redis 8.0.2"], "redis-server 8.0.2"],
    ["a Valkey before a Redis that is older", ["Redis 7.0.15", "Valkey 8.1.1"], "valkey-server 8.1.1"],
    [
      "a Redis with hash-field TTLs before a Valkey without",
      ["Valkey 8.1.1", "Redis 7.4.0"],
      "redis-server 7.4.0",
    ],
    ["a Valkey with HGETEX before a Redis without", ["Redis 7.4.0", "Valkey 9.0.0"], "valkey-server 9.0.0"],
    ["a Redis with HGETDEL before a Valkey without", ["Valkey 9.0.0", "Redis 8.0.2"], "redis-server 8.0.2"],
    ["the first of equals", ["Redis 8.4.0", "Redis 8.4.0"], "redis-server 8.4.0"],
  ])("ranks %s first, in any order on the PATH", async (_, versions, best) => {
    const folders = await Promise.all(versions.map(server));
    expect((await rank(folders)).names[0]).toBe(best);
    expect((await rank(folders.toReversed())).names[0]).toBe(best);
    expect((await rank(folders)).names).toHaveLength(2);
  });

  test("lists a server with both names once", async () => {
    const binFolder = await server("Valkey 8.1.1");
    await symlink("valkey-server", path.join(binFolder, "redis-server"));
    expect((await rank([binFolder, binFolder])).names).toEqual(["valkey-server 8.1.1"]);
  });

  test("prints servers that are too old, and skips programs that are no Redis", async () => {
    const old = await server("Redis 6.2.14");
    const broken = await program("redis-server", "exit 1");
    const other = await program("valkey-server", "echo something else 9.9.9");
    const notAProgram = await program("redis-server", "");
    await chmod(path.join(notAProgram, "redis-server"), 0o644);
    const { names, lines } = await rank([path.join(folder.path, "nowhere"), broken, other, notAProgram, old]);
    expect(names).toEqual([]);
    expect(lines).toEqual([`${path.join(old, "redis-server")} is too old (6.2.14; 7 or later is needed)`]);
  });
});

describe.runIf(hasRedisServer)("the server that is installed", () => {
  test("is found with its version", async () => {
    const [first] = await findServers(process.env.PATH ?? "", () => {});
    const output = execFileSync(first?.command ?? "", ["--version"], { encoding: "utf8" });
    expect(output).toContain(`v=${first?.version.join(".")} `);
  });

  test("lacks exactly the features in its description", async () => {
    const [first] = await findServers(process.env.PATH ?? "", () => {});
    const engine = await startRedisEngine({ dataDir: folder.path });
    folder.afterTest(engine.stop);
    const everything = missingFeatures("redis", [0, 0, 0]);
    expect(await missingOf(engine.url, everything)).toEqual(first?.missing);
    expect(engine.description).toBe(`${first && describeServer(first)}; lacks ${first?.missing.join(", ")}`);
  });

  test("is used when a more capable server cannot read the files", async () => {
    const version = "Valkey server v=99.0.0 sha=0";
    const refusal = "# Bad file format reading the append only file appendonly.aof.1.base.rdb";
    const binFolder = await program(
      "valkey-server",
      `[ "$1" = --version ] && echo "${version}" && exit; echo "${refusal}"; exit 1`,
    );
    const env = { ...process.env, PATH: `${binFolder}${path.delimiter}${process.env.PATH}` };
    const { lines } = await startServingCli(["--data-dir", folder.path], env);
    expect(lines[0]).toMatch(/valkey-server cannot read the files in .*; trying \w+-server [\d.]+$/);
  });
});

test("the embedded engine lacks exactly the features in its description", async () => {
  const engine = await startRedisEngine({ dataDir: "", engine: "embedded" });
  folder.afterTest(engine.stop);
  expect(await missingOf(engine.url, EMBEDDED_MISSING_FEATURES)).toEqual(EMBEDDED_MISSING_FEATURES);
  expect(engine.description).toBe(
    `embedded, data in memory only; lacks ${EMBEDDED_MISSING_FEATURES.join(", ")}`,
  );
});

/** The features of which an engine has no command. */
async function missingOf(url: string, features: readonly string[]): Promise<string[]> {
  const connection = await EngineConnection.open(parseRedisUrl(url));
  const unknown: string[] = [];
  for (const feature of features) {
    const commands = feature.match(/[A-Z]{3,}( [A-Z]+)?(?![a-zA-Z])/g) ?? [];
    const replies = await Promise.all(commands.map((words) => connection.send(commandOf(words))));
    if (replies.every(isUnknown)) unknown.push(feature);
    else expect(replies.some(isUnknown)).toBe(false);
  }
  connection.close();
  return unknown;
}

function commandOf(words: string): string[] {
  if (words === "JSON") return ["JSON.GET"];
  return words === "SEARCH" ? ["SEARCH.QUERY"] : words.split(" ");
}

function isUnknown(reply: unknown): boolean {
  return reply instanceof ErrorReply && /unknown (sub)?command/i.test(reply.message);
}
