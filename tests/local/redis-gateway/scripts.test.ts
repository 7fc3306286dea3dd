import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  client,
  newKey,
  startTestGateway,
  type TestGateway,
  TOKEN,
} from "@/tests/support/servers/redis-gateway";
import { type RedisGateway, startRedisGateway } from "../../../local/redis/gateway";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

const sha1 = (script: string) => createHash("sha1").update(script).digest("hex");
/** Returns a script that is not loaded yet. */
const unique = (body: string) => `${body} -- ${newKey()}`;
const withShebang = (body: string) => `#!lua flags=allow-key-locking\n${unique(body)}`;

describe("a script with Upstash's `#!lua flags` line", () => {
  test("runs, and has the SHA-1 of the sent text", async () => {
    const script = withShebang("return KEYS[1] .. ARGV[1]");
    expect((await t.post("/", ["SCRIPT", "EXISTS", sha1(script)])).body).toEqual({ result: [0] });
    expect((await t.post("/", ["EVAL", script, 1, "k", "v"])).body).toEqual({ result: "kv" });
    expect((await t.post("/", ["EVALSHA", sha1(script), 1, "k", "w"])).body).toEqual({ result: "kw" });
    expect((await t.post("/", ["EVALSHA", sha1(script).toUpperCase(), 1, "k", "w"])).status).toBe(200);
    const other = sha1("nobody loaded this");
    expect((await t.post("/", ["SCRIPT", "EXISTS", sha1(script), other])).body).toEqual({ result: [1, 0] });
  });

  test("gets this SHA-1 from SCRIPT LOAD, also in base64, pipelines and transactions", async () => {
    const script = withShebang("return 1");
    const load = ["SCRIPT", "LOAD", script];
    expect((await t.post("/", load)).body).toEqual({ result: sha1(script) });
    const encoded = Buffer.from(sha1(script)).toString("base64");
    expect((await t.post("/", load, { "upstash-encoding": "base64" })).body).toEqual({ result: encoded });
    const run = ["EVALSHA", sha1(script), 0];
    const both = [{ result: sha1(script) }, { result: 1 }];
    expect((await t.post("/pipeline", [load, run])).body).toEqual(both);
    expect((await t.post("/multi-exec", [load, run])).body).toEqual(both);
  });

  test("reports errors with the line numbers of the sent text", async () => {
    const script = `#!lua flags=allow-key-locking\n\nreturn redis.call('NOSUCH')`;
    const { error } = (await t.post("/", ["EVAL", script, 0])).body as { error: string };
    expect(error).toMatch(/:3\b/);
  });

  test("with no-writes cannot write, also by EVALSHA", async () => {
    const key = newKey();
    const script = `#!lua flags=no-writes,allow-key-locking\n${unique("return redis.call('SET', KEYS[1], 1)")}`;
    for (const command of [
      ["EVAL", script, 1, key],
      ["EVALSHA", sha1(script), 1, key],
    ]) {
      const answer = await t.post("/", command);
      expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining("Write commands") } });
    }
    expect((await t.post("/", ["EXISTS", key])).body).toEqual({ result: 0 });
  });

  test("that is not UTF-8 keeps its SHA-1", async () => {
    const script = Buffer.concat([
      Buffer.from("#!lua flags=x\nreturn '"),
      Buffer.from([0xff, 0xfe]),
      Buffer.from("'"),
    ]);
    const loaded = await t.rest("/script/load", { method: "POST", body: script });
    expect(await loaded.json()).toEqual({ result: createHash("sha1").update(script).digest("hex") });
  });
});

test("a script without a `#!lua` line keeps its SHA-1", async () => {
  const script = unique("return 7");
  expect((await t.post("/", ["SCRIPT", "LOAD", script])).body).toEqual({ result: sha1(script) });
  expect((await t.post("/", ["EVALSHA", sha1(script), 0])).body).toEqual({ result: 7 });
});

test("EVAL_RO and EVALSHA_RO can read and cannot write", async () => {
  const key = newKey();
  await t.post("/", ["SET", key, "v"]);
  const read = withShebang("return redis.call('GET', KEYS[1])");
  expect((await t.post("/", ["EVAL_RO", read, 1, key])).body).toEqual({ result: "v" });
  expect((await t.post("/", ["EVALSHA_RO", sha1(read), 1, key])).body).toEqual({ result: "v" });
  const write = unique("return redis.call('DEL', KEYS[1])");
  expect((await t.post("/", ["EVAL_RO", write, 1, key])).status).toBe(400);
  expect((await t.post("/", ["EXISTS", key])).body).toEqual({ result: 1 });
});

test("EVALSHA answers NOSCRIPT for an unknown script, and for all after SCRIPT FLUSH", async () => {
  const script = withShebang("return 1");
  const noScript = { status: 400, body: { error: expect.stringMatching(/^NOSCRIPT /) } };
  expect(await t.post("/", ["EVALSHA", sha1(script), 0])).toEqual(noScript);
  await t.post("/", ["SCRIPT", "LOAD", script]);
  expect((await t.post("/", ["EVALSHA", sha1(script), 0])).status).toBe(200);
  expect((await t.post("/", ["SCRIPT", "FLUSH"])).body).toEqual({ result: "OK" });
  expect(await t.post("/", ["EVALSHA", sha1(script), 0])).toEqual(noScript);
  expect((await t.post("/", ["SCRIPT", "EXISTS", sha1(script)])).body).toEqual({ result: [0] });
});

test("the SDK's script object works across a restart of the gateway", async () => {
  const source = withShebang("return redis.call('INCR', KEYS[1])");
  const key = newKey();
  expect(await t.redis.createScript<number>(source).exec([key], [])).toBe(1);
  const second = await startRedisGateway({ port: 0, token: TOKEN, redisUrl: t.engine.url });
  try {
    expect(await client(second).createScript<number>(source).exec([key], [])).toBe(2);
  } finally {
    await second.close();
  }
});

test("a function may name Upstash's flag in its registration", async () => {
  const name = `f${newKey().replaceAll(/\W/g, "")}`;
  const code = `#!lua name=${name}
redis.register_function{ function_name='${name}', callback=function(keys) return redis.call('INCR', keys[1]) end,
  flags={'allow-key-locking'} }`;
  expect((await t.post("/", ["FUNCTION", "LOAD", code])).body).toEqual({ result: name });
  expect((await t.post("/", ["FCALL", name, 1, newKey()])).body).toEqual({ result: 1 });
  await t.post("/", ["FUNCTION", "DELETE", name]);
});

test("SCRIPT DEBUG, which would change the connection of all clients, is refused", async () => {
  for (const command of [["SCRIPT", "DEBUG", "SYNC"], ["SCRIPT", "KILL"], ["SCRIPT"]]) {
    const answer = await t.post("/", command);
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining("not available") } });
  }
  expect((await t.post("/", ["EVAL", unique("return 1"), 0])).body).toEqual({ result: 1 });
});

describe("in strict mode", () => {
  let strict: RedisGateway;
  beforeAll(async () => {
    strict = await startRedisGateway({ port: 0, token: TOKEN, redisUrl: t.engine.url, strict: true });
  });
  afterAll(() => strict.close());
  const run = async (command: readonly (string | number)[]) => {
    const response = await fetch(strict.url, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify(command),
    });
    return (await response.json()) as { result?: unknown; error?: string };
  };

  const other = newKey();
  const calls: [title: string, call: string, declared: boolean][] = [
    ["a key", "redis.call('GET', ARGV[1])", false],
    ["a key, declared", "redis.call('GET', KEYS[1])", true],
    ["a key by pcall", "redis.call('SET', KEYS[1], '1') return redis.pcall('GET', ARGV[1])", false],
    ["a key by another name of the function", "local call = redis.call return call('GET', ARGV[1])", false],
    ["the second of several keys", "redis.call('DEL', KEYS[1], ARGV[1])", false],
    ["several keys, declared", "redis.call('DEL', KEYS[1], KEYS[2])", true],
    ["the destination of a move", "redis.call('SMOVE', KEYS[1], ARGV[1], 'x')", false],
    ["every other argument", "redis.call('MSET', KEYS[1], '1', ARGV[1], '2')", false],
    ["every other argument, declared", "redis.call('MSET', KEYS[1], '1', KEYS[2], '2')", true],
    ["counted keys", "redis.call('ZINTER', 2, KEYS[1], ARGV[1])", false],
    ["a stored result", "redis.call('ZUNIONSTORE', ARGV[1], 1, KEYS[1])", false],
    ["the source of a stored result", "redis.call('ZUNIONSTORE', KEYS[1], 1, ARGV[1])", false],
    ["a stream", "redis.call('XREAD', 'COUNT', 1, 'STREAMS', KEYS[1], ARGV[1], 0, 0)", false],
    ["a stream's information", "redis.call('XINFO', 'STREAM', ARGV[1])", false],
    ["no key", "redis.call('TIME')", true],
    ["a channel", "redis.call('PUBLISH', ARGV[1], 'x')", true],
  ];
  test.each(calls)(
    "a script with allow-key-locking may touch only declared keys: %s",
    async (_, call, ok) => {
      const keyArgs = [2, newKey(), newKey(), other];
      const script = `#!lua flags=allow-key-locking\n${unique(call.includes("return") ? call : `return ${call}`)}`;
      const { error } = await run(["EVAL", script, ...keyArgs]);
      if (ok) expect(error).toBeUndefined();
      else expect(error).toContain(`undeclared key '${other}'`);
      // Again by its hash; without the flag it may touch every key.
      expect((await run(["EVALSHA", sha1(script), ...keyArgs])).error === undefined).toBe(ok);
      const withoutFlag = script.replace(/^.*\n/, "");
      expect((await run(["EVAL", withoutFlag, ...keyArgs])).error ?? "").not.toContain("undeclared");
    },
  );

  test("nothing is written by the refused call", async () => {
    const script = withShebang("return redis.call('SET', ARGV[1], 'x')");
    await run(["EVAL", script, 0, other]);
    expect(await run(["EXISTS", other])).toEqual({ result: 0 });
  });

  test("a script cannot call what Upstash lacks, nor, with the flag, what needs the whole database", async () => {
    const object = unique("return redis.call('OBJECT', 'ENCODING', KEYS[1])");
    expect((await run(["EVAL", object, 1, other])).error).toContain("Command is not available: 'OBJECT'");
    const scan = unique("return redis.call('SCAN', '0')");
    expect((await run(["EVAL", scan, 0])).error).toBeUndefined();
    const locked = `#!lua flags=allow-key-locking\n${scan}`;
    expect((await run(["EVAL", locked, 0])).error).toContain("'SCAN' needs the whole database");
  });

  test("hashes are those of the sent texts, and errors keep their code", async () => {
    for (const script of [withShebang("return 1"), unique("return 1")]) {
      expect(await run(["SCRIPT", "LOAD", script])).toEqual({ result: sha1(script) });
      expect(await run(["EVALSHA", sha1(script), 0])).toEqual({ result: 1 });
    }
    const key = newKey();
    await run(["SET", key, "text"]);
    const wrongType = withShebang("return redis.call('LPUSH', KEYS[1], 'x')");
    expect((await run(["EVAL", wrongType, 1, key])).error).toMatch(/^WRONGTYPE /);
    const caught = withShebang("return redis.pcall('LPUSH', KEYS[1], 'x').err");
    expect(await run(["EVAL", caught, 1, key])).toEqual({ result: expect.stringMatching(/^WRONGTYPE /) });
  });
});
