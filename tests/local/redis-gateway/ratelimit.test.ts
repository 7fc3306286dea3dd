import { Ratelimit } from "@upstash/ratelimit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newKey, startTestGateway, type TestGateway } from "@/tests/support/servers/redis-gateway";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

/** Long, because a fixed window that ends during a test would allow a fourth call. */
const WINDOW = "1 d";

test.each([
  ["fixed window", Ratelimit.fixedWindow(3, WINDOW)],
  ["sliding window", Ratelimit.slidingWindow(3, WINDOW)],
  ["token bucket", Ratelimit.tokenBucket(3, WINDOW, 3)],
  ["cached fixed window", Ratelimit.cachedFixedWindow(3, WINDOW)],
])("%s allows three and blocks the fourth", async (_name, limiter) => {
  const ratelimit = new Ratelimit({
    redis: t.redis,
    limiter,
    prefix: newKey(),
    ephemeralCache: new Map(),
    timeout: 0,
  });
  const results = [];
  for (let index = 0; index < 4; index++) results.push(await ratelimit.limit("somebody"));
  expect(results.map(({ success }) => success)).toEqual([true, true, true, false]);
  expect(results.map(({ remaining }) => Math.max(0, remaining))).toEqual([2, 1, 0, 0]);
  expect((await ratelimit.limit("somebody else")).success).toBe(true);
});

test("getRemaining and resetUsedTokens work", async () => {
  const ratelimit = new Ratelimit({
    redis: t.redis,
    limiter: Ratelimit.slidingWindow(2, WINDOW),
    prefix: newKey(),
    ephemeralCache: false,
  });
  await ratelimit.limit("me");
  await ratelimit.limit("me");
  expect((await ratelimit.getRemaining("me")).remaining).toBe(0);
  expect((await ratelimit.limit("me")).success).toBe(false);
  await ratelimit.resetUsedTokens("me");
  expect((await ratelimit.limit("me")).success).toBe(true);
});

test("of a hundred concurrent calls exactly the limit is allowed", async () => {
  const ratelimit = new Ratelimit({
    redis: t.redis,
    limiter: Ratelimit.tokenBucket(10, WINDOW, 10),
    prefix: newKey(),
    ephemeralCache: false,
  });
  const results = await Promise.all(Array.from({ length: 100 }, () => ratelimit.limit("crowd")));
  expect(results.filter(({ success }) => success)).toHaveLength(10);
});
