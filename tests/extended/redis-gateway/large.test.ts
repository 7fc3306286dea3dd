import { Redis } from "@upstash/redis";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runs } from "@/tests/support/fuzz/runs";
import { newKey, startTestGateway, type TestGateway, TOKEN } from "@/tests/support/servers/redis-gateway";

/** Large bodies, long pipelines and any text. */

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

describe("pipelines", () => {
  test("ten thousand commands keep their order", async () => {
    const key = newKey();
    const response = await t.post(
      "/pipeline",
      Array.from({ length: 10_000 }, () => ["INCR", key]),
    );
    expect(response.body).toEqual(Array.from({ length: 10_000 }, (_, index) => ({ result: index + 1 })));
  });
});

describe("limits", () => {
  test("a body over 10 MB is rejected, one of exactly 10 MB is stored", async () => {
    const key = newKey();
    const large = await t.rest(`/set/${key}`, { method: "POST", body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect([large.status, await large.json()]).toEqual([
      413,
      { error: expect.stringContaining("ERR max request size exceeded") },
    ]);
    const fits = await t.rest(`/set/${key}`, { method: "POST", body: Buffer.alloc(10 * 1024 * 1024) });
    expect(fits.status).toBe(200);
    expect((await t.post("/", ["STRLEN", key])).body).toEqual({ result: 10 * 1024 * 1024 });
    await t.post("/", ["DEL", key]);
  });
});

test("any text is read as it was written", async () => {
  // Without the SDK's deserialization, which guesses types.
  const client = new Redis({
    url: t.gateway.url,
    token: TOKEN,
    retry: false,
    automaticDeserialization: false,
  });
  const key = newKey();
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (value) => {
      await client.hset(key, { field: value });
      expect(await client.hget(key, "field")).toBe(value);
      expect(await client.hvals(key)).toEqual([value]);
    }),
    { numRuns: runs(60) },
  );
});
