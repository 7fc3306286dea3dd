import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  newKey,
  READ_ONLY_TOKEN,
  startTestGateway,
  type TestGateway,
} from "@/tests/support/servers/redis-gateway";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

/** Creates one key of each type with a common prefix. @returns the types by key, and a pattern for the prefix */
async function oneOfEach() {
  const prefix = newKey();
  const types = Object.fromEntries(
    ["string", "list", "set", "zset", "hash", "stream"].map((type) => [`${prefix}:${type}`, type]),
  );
  await t.redis.set(`${prefix}:string`, 1);
  await t.redis.rpush(`${prefix}:list`, 1);
  await t.redis.sadd(`${prefix}:set`, 1);
  await t.redis.zadd(`${prefix}:zset`, { score: 1, member: 1 });
  await t.redis.hset(`${prefix}:hash`, { a: 1 });
  await t.redis.xadd(`${prefix}:stream`, "*", { a: 1 });
  return { prefix, types, pattern: `${prefix}:*` };
}

const byKey = (found: { key: string; type: string }[]) =>
  Object.fromEntries(found.map(({ key, type }) => [key, type]));

describe("SCAN with types, through the SDK", () => {
  test("returns each key with its type", async () => {
    const { types, pattern } = await oneOfEach();
    const [cursor, found] = await t.redis.scan(0, { match: pattern, count: 10_000, withType: true });
    expect(cursor).toBe("0");
    expect(byKey(found)).toEqual(types);
  });

  test("returns all keys over several pages", async () => {
    const { types, pattern } = await oneOfEach();
    const all: { key: string; type: string }[] = [];
    let cursor = "0";
    let pages = 0;
    do {
      const [next, found] = await t.redis.scan(cursor, { match: pattern, count: 2, withType: true });
      all.push(...found);
      cursor = next;
      pages++;
    } while (cursor !== "0");
    expect(byKey(all)).toEqual(types);
    expect(pages).toBeGreaterThan(1);
  });

  test.each(["pipeline", "multi"] as const)("sees the state at its position in a %s", async (kind) => {
    const { prefix, pattern } = await oneOfEach();
    const options = { match: pattern, count: 10_000, withType: true } as const;
    const [before, , after] = await t.redis[kind]()
      .scan(0, options)
      .del(`${prefix}:list`)
      .scan(0, options)
      .exec<[[string, { key: string; type: string }[]], number, [string, { key: string; type: string }[]]]>();
    expect(byKey(before[1])).toHaveProperty(`${prefix}:list`, "list");
    expect(byKey(after[1])).not.toHaveProperty(`${prefix}:list`);
    expect(after[1]).toHaveLength(5);
  });

  test("omits an expired key", async () => {
    const key = newKey();
    await t.redis.set(key, 1, { px: 1 });
    await expect.poll(() => t.redis.exists(key)).toBe(0);
    const [, found] = await t.redis.scan(0, { match: key, count: 10_000, withType: true });
    expect(found).toEqual([]);
  });
});

describe("SCAN with types, as a request", () => {
  const answerOf = async (...args: (string | number)[]) => (await t.post("/", ["SCAN", ...args])).body;

  test("accepts WITHTYPE at any position and in any case, together with TYPE", async () => {
    const { prefix, pattern } = await oneOfEach();
    const expected = { result: ["0", [`${prefix}:hash`, "hash"]] };
    const rest = ["MATCH", pattern, "COUNT", 10_000, "TYPE", "hash"];
    expect(await answerOf(0, "WITHTYPE", ...rest)).toEqual(expected);
    expect(await answerOf(0, ...rest, "withtype")).toEqual(expected);
    const path = `/scan/0/match/${pattern}/count/10000/withType/type/hash`;
    expect(await (await t.rest(path)).json()).toEqual(expected);
  });

  test("does not mistake a pattern for the option", async () => {
    const key = `WITHTYPE${newKey()}`;
    await t.redis.set(key, 1);
    expect(await answerOf(0, "MATCH", "WITHTYPE")).toMatchObject({ result: [expect.any(String), []] });
    expect(await answerOf(0, "COUNT", 10_000, "MATCH", key)).toEqual({ result: ["0", [key]] });
  });

  test.each([
    ["an invalid cursor", ["x", "WITHTYPE"]],
    ["an unknown option", ["0", "WITHTYPE", "SIDEWAYS"]],
    ["an invalid count", ["0", "COUNT", "x", "WITHTYPE"]],
  ])("gets the error of a plain SCAN for %s", async (_, args) => {
    const plain = args.filter((arg) => arg !== "WITHTYPE");
    const refused = await t.post("/", ["SCAN", ...args]);
    expect(refused).toEqual(await t.post("/", ["SCAN", ...plain]));
    expect(refused).toMatchObject({ status: 400, body: { error: expect.stringMatching(/^ERR /) } });
  });

  test("is refused to a read-only token, like any SCAN", async () => {
    const answer = await t.post("/", ["SCAN", 0, "WITHTYPE"], { authorization: `Bearer ${READ_ONLY_TOKEN}` });
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining("NOPERM") } });
  });
});
