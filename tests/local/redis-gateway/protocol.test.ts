import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runs } from "@/tests/support/fuzz/runs";
import { newKey, startTestGateway, type TestGateway } from "@/tests/support/servers/redis-gateway";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

const ok = { status: 200, body: { result: "OK" } };

async function text(route: string, init?: RequestInit): Promise<string> {
  return (await t.rest(route, init)).text();
}

describe("commands in the body", () => {
  test("return a status, string, integer, nil or list", async () => {
    const key = newKey();
    expect(await t.post("/", ["SET", key, "value"])).toEqual(ok);
    expect(await t.post("/", ["GET", key])).toEqual({ status: 200, body: { result: "value" } });
    expect(await t.post("/", ["STRLEN", key])).toEqual({ status: 200, body: { result: 5 } });
    expect(await t.post("/", ["GET", newKey()])).toEqual({ status: 200, body: { result: null } });
    expect(await t.post("/", ["MGET", key, newKey()])).toEqual({
      status: 200,
      body: { result: ["value", null] },
    });
    expect(await t.post("/", ["INCRBYFLOAT", newKey(), 1.5])).toEqual({
      status: 200,
      body: { result: "1.5" },
    });
  });

  test("keep the digits of numbers, beyond 2^53 and trailing zeros", async () => {
    const key = newKey();
    await t.rest("/", { method: "POST", body: `["SET", "${key}", 9223372036854775806]` });
    expect(await text("/", { method: "POST", body: `["INCR", "${key}"]` })).toBe(
      '{"result":9223372036854775807}',
    );
    const quoted = '[ "SET" , "k\\"1\\\\" , 1.10 , "EX", 100 ]'.replace("k", key);
    expect(await text("/", { method: "POST", body: quoted })).toBe('{"result":"OK"}');
    expect(await t.post("/", ["GET", `${key}"1\\`])).toEqual({ status: 200, body: { result: "1.10" } });
  });

  test("send booleans and null by name", async () => {
    const key = newKey();
    await t.post("/", ["RPUSH", key, true, false, null]);
    expect((await t.post("/", ["LRANGE", key, 0, -1])).body).toEqual({ result: ["true", "false", "null"] });
  });

  test.each([
    ["not JSON", "GET", "ERR failed to parse command"],
    ["not a list", '{"a":1}', "ERR failed to parse command"],
    ["a list in the list", '["GET",["a"]]', "ERR failed to parse command"],
    ["an empty list", "[]", "ERR empty command"],
    ["an empty name", '[""]', "ERR empty command"],
    ["nothing", "", "ERR empty command"],
    ["too few arguments", '["GET"]', "ERR wrong number of arguments for 'get' command"],
  ])("get 400 for %s", async (_name, body, message) => {
    const response = await t.rest("/", { method: "POST", body });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: message });
  });

  test("get 400 with the engine's error when they fail", async () => {
    const key = newKey();
    await t.post("/", ["SET", key, "text"]);
    const answer = await t.post("/", ["INCR", key]);
    expect(answer).toEqual({ status: 400, body: { error: "ERR value is not an integer or out of range" } });
  });
});

describe("commands in the path", () => {
  test("run with GET, HEAD, POST and PUT", async () => {
    const key = newKey();
    expect(await text(`/set/${key}/a%2Fb%20c`)).toBe('{"result":"OK"}');
    expect(await text(`/get/${key}`)).toBe('{"result":"a/b c"}');
    expect(await text(`/INCR/${key}:n`, { method: "PUT" })).toBe('{"result":1}');
    const head = await t.rest(`/incr/${key}:n`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(await text(`/incr/${key}:n`, { method: "POST" })).toBe('{"result":3}');
  });

  test("append the body and then the query to the arguments, in order", async () => {
    const key = newKey();
    expect(await text(`/set/${key}?EX=100&NX`, { method: "POST", body: "a body" })).toBe('{"result":"OK"}');
    expect(await text(`/set/${key}?EX=100&NX`, { method: "POST", body: "another" })).toBe('{"result":null}');
    expect(await text(`/get/${key}/`)).toBe('{"result":"a body"}');
    expect(Number(JSON.parse(await text(`/ttl/${key}`)).result)).toBeGreaterThan(90);
  });

  test("keep a body of any bytes unchanged", async () => {
    const key = newKey();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1 }), async (bytes) => {
        await t.rest(`/set/${key}`, { method: "POST", body: Buffer.from(bytes) });
        const answer = await t.post("/", ["GET", key], { "upstash-encoding": "base64" });
        const { result } = answer.body as { result: string };
        expect(Buffer.from(result, "base64")).toEqual(Buffer.from(bytes));
      }),
      { numRuns: runs(50) },
    );
  });

  test("may have percent-encoded bytes that are not UTF-8", async () => {
    const key = newKey();
    await t.rest(`/set/${key}/%ff%00%25zz`);
    const answer = await t.post("/", ["GET", key], { "upstash-encoding": "base64" });
    expect(answer.body).toEqual({ result: Buffer.from([0xff, 0x00, 0x25, 0x7a, 0x7a]).toString("base64") });
  });
});

describe("pipelines", () => {
  test("get 200 with a result or error per command", async () => {
    const key = newKey();
    const answer = await t.post("/pipeline", [
      ["SET", key, "x"],
      ["INCR", key],
      ["NOSUCH"],
      [],
      ["ECHO", "hi"],
      ["GET", key],
    ]);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual([
      { result: "OK" },
      { error: "ERR value is not an integer or out of range" },
      { error: expect.stringContaining("ERR Command is not available: 'NOSUCH'") },
      { error: "ERR empty command" },
      { result: "hi" },
      { result: "x" },
    ]);
  });

  test.each([
    ["/pipeline", "[]", "ERR empty pipeline request"],
    ["/pipeline", '["GET","a"]', "ERR failed to parse pipeline request"],
    ["/multi-exec", "[]", "ERR empty transaction request"],
    ["/multi-exec", "{", "ERR failed to parse transaction request"],
  ])("%s gets 400 for %s", async (route, body, message) => {
    const response = await t.rest(route, { method: "POST", body });
    expect([response.status, await response.json()]).toEqual([400, { error: message }]);
  });
});

describe("transactions", () => {
  test("run all commands, even after one has failed", async () => {
    const key = newKey();
    const answer = await t.post("/multi-exec", [
      ["SET", key, "x"],
      ["INCR", key],
      ["ECHO", "here"],
      ["SET", key, "y"],
    ]);
    expect(answer).toEqual({
      status: 200,
      body: [
        { result: "OK" },
        { error: "ERR value is not an integer or out of range" },
        { result: "here" },
        { result: "OK" },
      ],
    });
    expect((await t.post("/", ["GET", key])).body).toEqual({ result: "y" });
  });

  test.each([
    ["a command with too few arguments", ["GET"], "wrong number of arguments for 'get' command"],
    ["a command Upstash does not have", ["SELECT", "1"], "ERR Command is not available: 'SELECT'"],
    ["a nested transaction", ["EXEC"], "ERR Command is not available: 'EXEC'"],
  ])("are discarded because of %s", async (_name, bad, message) => {
    const key = newKey();
    const answer = await t.post("/multi-exec", [["SET", key, "x"], bad]);
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining(message) } });
    expect((await t.post("/", ["EXISTS", key])).body).toEqual({ result: 0 });
  });

  test("are not interleaved with other commands", async () => {
    const key = newKey();
    const transaction = () =>
      t.post("/multi-exec", [
        ["INCR", key],
        ["INCR", key],
      ]);
    const single = () => t.post("/", ["INCR", key]);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? single() : transaction())),
    );
    for (const { body } of answers) {
      if (!Array.isArray(body)) continue;
      const [first, second] = body as [{ result: number }, { result: number }];
      expect(second.result).toBe(first.result + 1);
    }
    expect((await t.post("/", ["GET", key])).body).toEqual({ result: String(20 + 40 * 2) });
  });
});

describe("response formats", () => {
  const base64 = { "upstash-encoding": "base64" };

  test("base64 encodes every string at every depth except the status OK", async () => {
    const key = newKey();
    expect((await t.post("/", ["SET", key, "OK"], base64)).body).toEqual({ result: "OK" });
    expect((await t.post("/", ["GET", key], base64)).body).toEqual({ result: "T0s=" });
    expect((await t.post("/", ["PING"], base64)).body).toEqual({ result: "UE9ORw==" });
    const nested = ["EVAL", "return {'a', {'b', 1, false}, redis.status_reply('OK')}", 0];
    expect((await t.post("/", nested, base64)).body).toEqual({
      result: ["YQ==", ["Yg==", 1, null], "T0s="],
    });
    expect((await t.post("/pipeline", [["GET", key]], base64)).body).toEqual([{ result: "T0s=" }]);
    expect((await t.post("/", ["GET"], base64)).body).toEqual({
      error: "ERR wrong number of arguments for 'get' command",
    });
  });

  test("resp2 returns the bytes that a TCP client would read", async () => {
    const key = newKey();
    const headers = { "upstash-response-format": "resp2" };
    const raw = async (route: string, command: unknown) => {
      const response = await t.rest(route, { method: "POST", body: JSON.stringify(command), headers });
      return [response.status, response.headers.get("content-type"), await response.text()];
    };
    const binary = "application/octet-stream";
    expect(await raw("/", ["SET", key, "bar"])).toEqual([200, binary, "+OK\r\n"]);
    expect(await raw("/", ["GET", key])).toEqual([200, binary, "$3\r\nbar\r\n"]);
    expect(await raw("/", ["MGET", key, newKey()])).toEqual([200, binary, "*2\r\n$3\r\nbar\r\n$-1\r\n"]);
    expect(await raw("/pipeline", [["STRLEN", key], ["GET"]])).toEqual([
      200,
      binary,
      ":3\r\n-ERR wrong number of arguments for 'get' command\r\n",
    ]);
    expect((await raw("/", ["GET"]))[0]).toBe(400);
    // transactions support JSON only
    expect(await raw("/multi-exec", [["STRLEN", key]])).toEqual([200, "application/json", '[{"result":3}]']);
  });

  test.each([
    [{ "upstash-response-format": "resp2", "upstash-encoding": "base64" }],
    [{ "upstash-response-format": "resp3" }],
    [{ "upstash-encoding": "hex" }],
  ])("%o gets 400", async (headers) => {
    expect(await t.post("/", ["PING"], headers as Record<string, string>)).toMatchObject({ status: 400 });
  });

  test("text that is not UTF-8 is returned with replacement characters", async () => {
    const key = newKey();
    await t.rest(`/set/${key}/%ff`);
    expect((await t.post("/", ["GET", key])).body).toEqual({ result: "\ufffd" });
  });

  test("every response has a new sync token", async () => {
    const tokens = await Promise.all(
      Array.from({ length: 5 }, async () => (await t.rest("/ping")).headers.get("upstash-sync-token")),
    );
    expect(new Set(tokens).size).toBe(5);
    expect(tokens).not.toContain(null);
  });
});

describe("limits", () => {
  test.each([
    "BLPOP k 0",
    "BRPOP k 0",
    "BLMOVE a b LEFT LEFT 0",
    "BZPOPMIN k 0",
    "XREAD BLOCK 0 STREAMS s $",
    "XREADGROUP GROUP g c BLOCK 1 STREAMS s >",
    "SELECT 1",
    "AUTH x",
    "HELLO 3",
    "CLIENT LIST",
    "QUIT",
    "MULTI",
    "WATCH k",
    "SUBSCRIBE c",
    "MONITOR",
    "SHUTDOWN",
    "DEBUG SLEEP 1",
    "REPLICAOF NO ONE",
    "CONFIG SET dir /",
    "CONFIG GET requirepass",
    "ACL SETUSER default off",
    "OBJECT ENCODING k",
    "MEMORY STATS",
  ])("%s is not available, as on Upstash", async (command) => {
    const answer = await t.post("/", command.split(" "));
    expect(answer).toEqual({
      status: 400,
      body: { error: expect.stringContaining("ERR Command is not available: ") },
    });
  });

  test("a stream named block can be read", async () => {
    expect(await t.post("/", ["XREAD", "STREAMS", "block", "0"])).toEqual({
      status: 200,
      body: { result: null },
    });
  });
});
