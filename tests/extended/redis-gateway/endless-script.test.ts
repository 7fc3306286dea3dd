import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EngineConnection } from "@/local/redis/engine-connection";
import { parseRedisUrl } from "@/local/redis/redis-address";
import { hasRedisServer, newKey, TOKEN, temporaryFolder, until } from "@/tests/support/servers/redis-gateway";
import { startRedisEngine } from "../../../local/redis/engine";
import { type RedisGateway, startRedisGateway } from "../../../local/redis/gateway";

/** Redis accepts a kill after its threshold, 5 s by default. */
const LIMIT_MS = 100;

describe.runIf(hasRedisServer)("a script that does not end", () => {
  let gateway: RedisGateway;
  const cleanups: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const folder = await temporaryFolder();
    cleanups.push(folder.remove);
    const engine = await startRedisEngine({ dataDir: folder.path });
    cleanups.push(engine.stop);
    const connection = await EngineConnection.open(parseRedisUrl(engine.url));
    await connection.send(["CONFIG", "SET", "busy-reply-threshold", String(LIMIT_MS)]);
    connection.close();
    gateway = await startRedisGateway({
      port: 0,
      token: TOKEN,
      redisUrl: engine.url,
      scripts: { limitMs: LIMIT_MS, ownsEngine: true },
      connection: { replyTimeoutMs: 2_000 },
    });
    cleanups.push(() => gateway.close());
  });
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  async function post(route: string, body: unknown) {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const response = await fetch(gateway.url + route, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }
  const killed = { error: expect.stringMatching(/killed by user/i) };

  test("is stopped, and the others' commands wait for no longer than that", async () => {
    const key = newKey();
    const endless = post("/", ["EVAL", "while true do redis.call('PING') end", 0]);
    const waiting = post("/", ["SET", key, "kept"]);
    expect(await endless).toEqual({ status: 400, body: killed });
    expect(await waiting).toEqual({ status: 200, body: { result: "OK" } });
    expect((await post("/", ["GET", key])).body).toEqual({ result: "kept" });
  });

  test("is stopped in a pipeline each time, and in a transaction", async () => {
    const endless = ["EVAL", "while true do end", 0];
    expect((await post("/pipeline", [endless, ["PING"], endless])).body).toEqual([
      killed,
      { result: "PONG" },
      killed,
    ]);
    expect((await post("/multi-exec", [endless, ["PING"]])).body).toEqual([killed, { result: "PONG" }]);
  });

  test("that has written cannot be stopped: the engine restarts without its writes", async () => {
    const [before, during] = [newKey(), newKey()];
    await post("/", ["SET", before, "kept"]);
    const script = "redis.call('SET', KEYS[1], 'x') while true do end";
    expect((await post("/", ["EVAL", script, 1, during])).status).toBe(503);
    await until(async () => (await post("/", ["PING"])).status === 200);
    expect((await post("/", ["MGET", before, during])).body).toEqual({ result: ["kept", null] });
  });
});
