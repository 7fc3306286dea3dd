import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { startRedisEngine } from "@/local/redis/engine";
import { EngineConnection, EngineDownError } from "@/local/redis/engine-connection";
import { startRedisGateway } from "@/local/redis/gateway";
import { parseRedisUrl } from "@/local/redis/redis-address";
import { folderPerTest, hasRedisServer, newKey, until } from "@/tests/support/servers/redis-gateway";
import { startServingCli } from "@/tests/support/servers/redis-gateway-cli";

const folder = folderPerTest();

async function info(redisUrl: string, section: string): Promise<string> {
  const connection = await EngineConnection.open(parseRedisUrl(redisUrl));
  const report = String(await connection.send(["INFO", section]));
  connection.close();
  return report;
}

/** Kills the server at `redisUrl`, as the kernel does when memory is short. @returns its pid */
async function kill(redisUrl: string, signal: NodeJS.Signals = "SIGKILL"): Promise<number> {
  const pid = Number(/process_id:(\d+)/.exec(await info(redisUrl, "server"))?.[1]);
  process.kill(pid, signal);
  return pid;
}

async function startWithLines() {
  const lines: string[] = [];
  const engine = await startRedisEngine({ dataDir: folder.path, onProgress: (line) => lines.push(line) });
  folder.afterTest(engine.stop);
  return { engine, lines };
}

const countRestarts = (lines: string[]) => lines.filter((line) => line.includes(" is back ")).length;
const gaveUp = (lines: string[]) => lines.some((line) => line.includes("could not be restarted"));

describe.runIf(hasRedisServer)("a redis-server that ends unexpectedly", () => {
  test("is restarted with its data, progress is printed, and the gateway reconnects", async () => {
    const cli = await startServingCli(["--token", "secret", "--data-dir", folder.path]);
    const post = async (route: string, body: unknown) => {
      const headers = { authorization: "Bearer secret" };
      const answer = await fetch(cli.gatewayUrl + route, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      return answer.json();
    };
    const keys = Array.from({ length: 200 }, newKey);
    await post(
      "/pipeline",
      keys.map((key) => ["SET", key, key]),
    );
    // A busy disk delays the append-only file, and unwritten commands may be lost.
    await until(async () => /aof_buffer_length:0/.test(await info(cli.redisUrl, "persistence")));
    const printedBefore = cli.lines.length;

    const pid = await kill(cli.redisUrl);
    await until(() => countRestarts(cli.lines) === 1);
    expect(await post("/", ["MGET", ...keys])).toEqual({ result: keys });
    expect(cli.lines.slice(printedBefore)).toEqual([
      expect.stringMatching(
        new RegExp(`^\\w+-server [\\d.]+ \\(process ${pid}\\) was killed by SIGKILL; restarting it$`),
      ),
      expect.stringMatching(/^\w+-server [\d.]+ is back \(process \d+\)$/),
    ]);
  });

  test("is restarted after SIGTERM too", async () => {
    const { engine, lines } = await startWithLines();
    await kill(engine.url, "SIGTERM");
    await until(() => countRestarts(lines) === 1);
    expect(lines[0]).toContain("ended with code 0; restarting it");
    await info(engine.url, "server");
  });

  test("stays down when its files are damaged, and requests get 503", async () => {
    const { engine, lines } = await startWithLines();
    const gateway = await startRedisGateway({ port: 0, token: "t", redisUrl: engine.url });
    folder.afterTest(gateway.close);
    const files = path.join(folder.path, "appendonlydir");
    const manifest = (await readdir(files)).find((name) => name.endsWith(".manifest")) ?? "";
    await writeFile(path.join(files, manifest), "damaged");

    await kill(engine.url);
    await until(() => gaveUp(lines));
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(
        /^\w+-server [\d.]+ could not be restarted \(.*cannot read the files in .*\) and stays down until the next start$/,
      ),
    ]);
    const started = performance.now();
    expect((await fetch(`${gateway.url}/ping?_token=t`)).status).toBe(503);
    await engine.stop();
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test("stays down after four restarts in a row", async () => {
    const { engine, lines } = await startWithLines();
    for (let exits = 1; ; exits++) {
      await kill(engine.url);
      await until(() => countRestarts(lines) === exits || gaveUp(lines));
      if (gaveUp(lines)) break;
    }
    expect(countRestarts(lines)).toBe(4);
    expect(lines.at(-1)).toContain("could not be restarted (it ended again each time)");
  });

  test("stays down when the stack stops meanwhile", async () => {
    const { engine, lines } = await startWithLines();
    await kill(engine.url);
    await until(() => lines.length === 1);
    await engine.stop();
    await expect(info(engine.url, "server")).rejects.toThrow(EngineDownError);
    expect(lines).toHaveLength(1);
  });
});
