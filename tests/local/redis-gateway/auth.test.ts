import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  newKey,
  READ_ONLY_TOKEN,
  startTestGateway,
  type TestGateway,
  TOKEN,
} from "@/tests/support/servers/redis-gateway";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

const WRONG = { error: "WRONGPASS invalid or missing auth token" };

const ROUTES: [method: string, route: string, body?: string][] = [
  ["POST", "/", '["PING"]'],
  ["GET", "/ping"],
  ["HEAD", "/ping"],
  ["PUT", "/set/a", "b"],
  ["POST", "/pipeline", '[["PING"]]'],
  ["POST", "/multi-exec", '[["PING"]]'],
  ["POST", "/subscribe/channel"],
  ["GET", "/psubscribe/pattern*"],
  ["POST", "/monitor"],
  ["GET", "/-/stats"],
  ["POST", "/-/stats/reset"],
  ["DELETE", "/"],
];

describe.each(ROUTES)("%s %s", (method, route, body) => {
  test.each([
    ["no token", {}, ""],
    ["a wrong token", { authorization: `Bearer ${TOKEN}x` }, ""],
    ["an empty token", { authorization: "Bearer " }, ""],
    ["the token without Bearer", { authorization: TOKEN }, ""],
    ["a wrong token in the query", {}, "?_token=nope"],
    ["an empty token in the query", {}, "?_token="],
  ])("refuses %s", async (_name, headers, query) => {
    const response = await fetch(t.gateway.url + route + query, {
      method,
      body,
      headers: headers as Record<string, string>,
    });
    expect(response.status).toBe(401);
    expect(await response.text()).toBe(method === "HEAD" ? "" : JSON.stringify(WRONG));
  });
});

test("the token in the query authenticates and is not an argument", async () => {
  const key = newKey();
  const response = await fetch(`${t.gateway.url}/set/${key}/v?_token=${TOKEN}&EX=100`);
  expect(await response.json()).toEqual({ result: "OK" });
  expect((await t.post("/", ["TTL", key])).body).toEqual({ result: 100 });
});

test("other methods get 405", async () => {
  for (const method of ["DELETE", "PATCH", "OPTIONS"]) {
    expect((await t.rest("/ping", { method })).status).toBe(405);
  }
});

test("health requires no token and returns only whether the engine answers", async () => {
  const response = await fetch(`${t.gateway.url}/-/health`);
  expect([response.status, await response.json()]).toEqual([200, { engine: "up" }]);
});

describe("the read-only token", () => {
  const readOnly = { authorization: `Bearer ${READ_ONLY_TOKEN}` };

  test("reads", async () => {
    const key = newKey();
    await t.post("/", ["SET", key, "v"]);
    expect(await t.post("/", ["GET", key], readOnly)).toEqual({ status: 200, body: { result: "v" } });
    expect((await t.rest(`/get/${key}`, { headers: readOnly })).status).toBe(200);
  });

  test.each([
    "SET k v",
    "DEL k",
    "GETDEL k",
    "GETEX k",
    "EVAL return(1) 0",
    "EVAL_RO return(1) 0",
    "EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0",
    "SCRIPT FLUSH",
    "FLUSHALL",
    "KEYS *",
    "SCAN 0",
    "PUBLISH c m",
    "CONFIG SET notify-keyspace-events KEA",
  ])("may not run %s", async (command) => {
    const name = command.split(" ")[0]?.toLowerCase();
    const message = `NOPERM this user has no permissions to run the '${name}' command or its subcommand`;
    const answer = await t.post("/", command.split(" "), readOnly);
    expect(answer).toEqual({ status: 400, body: { error: message } });
  });

  test("writes nothing through pipelines and transactions", async () => {
    const key = newKey();
    const commands = [
      ["EXISTS", key],
      ["SET", key, "v"],
    ];
    const refused = { error: expect.stringContaining("NOPERM") };
    expect((await t.post("/pipeline", commands, readOnly)).body).toEqual([{ result: 0 }, refused]);
    expect(await t.post("/multi-exec", commands, readOnly)).toEqual({ status: 400, body: refused });
    expect((await t.post("/", ["EXISTS", key])).body).toEqual({ result: 0 });
  });

  test.each(["/monitor", "/subscribe/c", "/psubscribe/c*"])("may not open %s", async (route) => {
    const response = await t.rest(route, { method: "POST", headers: readOnly });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringContaining("NOPERM") });
  });
});
