import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandEvent } from "@/local/redis/command-runner";
import {
  hasRedisServer,
  newKey,
  startTestGateway,
  type TestGateway,
  temporaryFolder,
} from "@/tests/support/servers/redis-gateway";
import { openCommandCounter } from "../../../local/redis/command-counter";
import { startRedisEngine } from "../../../local/redis/engine";

const events: CommandEvent[] = [];
let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({ onCommand: (event) => events.push(event) });
});
afterAll(() => t.close());

test("counts requests and commands, refused ones included, until reset", async () => {
  t.gateway.stats.reset();
  await t.post("/", ["get", newKey()]);
  await t.post("/pipeline", [
    ["GET", newKey()],
    ["INCR", newKey()],
    ["BLPOP", "x", 0],
  ]);
  await t.post("/multi-exec", [["INCR", newKey()]]);
  await fetch(`${t.gateway.url}/get/x`); // no token: does not count
  const expected = {
    httpRequests: 3,
    commands: 5,
    byCommand: { GET: 2, INCR: 2, BLPOP: 1 },
    openStreams: 0,
  };
  expect(t.gateway.stats.snapshot()).toEqual(expected);
  expect(await (await t.rest("/-/stats")).json()).toEqual(expected);
  expect(await (await t.rest("/-/stats/reset", { method: "POST" })).json()).toEqual(expected);
  expect(t.gateway.stats.snapshot()).toEqual({ httpRequests: 0, commands: 0, byCommand: {}, openStreams: 0 });
});

test("onCommand receives every command", async () => {
  const key = newKey();
  events.length = 0;
  await t.post("/pipeline", [
    ["set", key, 1],
    ["GET", key],
  ]);
  expect(events.map(({ name, args }) => [name, ...args.slice(1).map(String)])).toEqual([
    ["SET", key, "1"],
    ["GET", key],
  ]);
});

describe("openCommandCounter counts commands of the engine, those of scripts included", () => {
  const engines: ["embedded" | "auto", string][] = [["embedded", "monitor"]];
  if (hasRedisServer) engines.push(["auto", "commandstats"]);

  test.each(engines)("on the %s engine by %s", async (kind, method) => {
    const folder = await temporaryFolder();
    const engine = await startRedisEngine({ dataDir: folder.path, engine: kind });
    const counter = await openCommandCounter(engine.url);
    const other = await startTestGateway({ redisUrl: engine.url });
    try {
      expect(counter.method).toBe(method);
      await other.post("/", ["SET", "before", 1]);
      await counter.reset();
      expect(await counter.read()).toEqual({ total: 0, byCommand: {} });
      const script = "for i = 1, 3 do redis.call('INCR', KEYS[1]) end return redis.call('GET', KEYS[1])";
      expect((await other.post("/", ["EVAL", script, 1, "k"])).body).toEqual({ result: "3" });
      await other.post("/multi-exec", [
        ["INCR", "k"],
        ["XGROUP", "CREATE", "s", "g", "$", "MKSTREAM"],
      ]);
      expect(await counter.read()).toEqual({
        total: 7,
        byCommand: { EVAL: 1, INCR: 4, GET: 1, XGROUP: 1 },
      });
    } finally {
      counter.close();
      await other.close();
      await engine.stop();
      await folder.remove();
    }
  });
});
