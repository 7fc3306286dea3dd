import { Redis } from "@upstash/redis";
import { afterEach, describe, expect, it, vi } from "vitest";
import { newId } from "@/lib/core/ids";
import type { LimitRule } from "@/lib/rate-limit/buckets";
import { RuleLimiter } from "@/lib/rate-limit/rule-limiter";
import { keys, redis } from "@/lib/redis";
import { freshGate, gateRequest, listenerToken } from "@/tests/support/clients/gate";
import { freePort } from "@/tests/support/stack/real-postgres";

/** What the gate uses of @upstash/ratelimit: its limiter with our algorithm, deny lists, analytics. */

describe("a limiter of the library with our algorithm", () => {
  const policy = (limit: number) => ({ name: "test", limit, windowSeconds: 60 });
  const ruleOf =
    (limit: number, personLimit: number): LimitRule =>
    (callerId) => [
      { policy: policy(limit), key: keys.throttle("test", callerId, `/route-${limit}`) },
      { policy: policy(personLimit), key: keys.throttle("test", callerId, "*") },
    ];
  const newLimiter = () => {
    const requester = redis().withWait(5_000);
    const client = new Redis(requester);
    return new RuleLimiter({ redis: { exact: client, usual: client }, requester });
  };

  it("responds with the tightest limit, and takes both tokens or none", async () => {
    const limiter = newLimiter();
    const [narrow, wide] = [ruleOf(2, 5), ruleOf(10, 5)];
    const callerId = `user-${newId()}`;
    const limit = (rule: LimitRule) => limiter.ratelimitFor(rule).limit(callerId);
    expect(await limit(narrow)).toMatchObject({ success: true, limit: 2, remaining: 1 });
    expect(await limit(narrow)).toMatchObject({ success: true, limit: 2, remaining: 0 });
    expect(await limit(narrow)).toMatchObject({ success: false, limit: 2, remaining: 0 });
    // The refused request has taken no token of the second limit.
    const { remaining, reset } = await limiter.ratelimitFor(narrow).getRemaining(callerId);
    expect([remaining, reset > Date.now()]).toEqual([0, true]);
    const { statuses } = await limiter.take(wide, { callerId });
    expect(statuses.map((status) => status.remaining)).toEqual([9, 2]);
  });

  it("gives a caller all tokens again", async () => {
    const limiter = newLimiter();
    const rule = ruleOf(1, 5);
    const callerId = `user-${newId()}`;
    const ratelimit = limiter.ratelimitFor(rule);
    expect((await ratelimit.limit(callerId)).success).toBe(true);
    expect((await ratelimit.limit(callerId)).success).toBe(false);
    await ratelimit.resetUsedTokens(callerId);
    expect(await ratelimit.getRemaining(callerId)).toMatchObject({ remaining: 1, limit: 1 });
    expect((await ratelimit.limit(callerId)).success).toBe(true);
  });
});

describe("the library's options", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("RATE_LIMIT_PROTECTION refuses who is on a deny list, and nobody without Redis", async () => {
    vi.stubEnv("RATE_LIMIT_PROTECTION", "true");
    // Otherwise the library loads its public list from the internet.
    await redis().set("webchat:throttle:ipDenyListStatus", "disabled");
    const [denied, alsoDenied, other, browser] = [newId(), newId(), newId(), `Browser ${newId()}`];
    await redis().sadd("webchat:throttle:denyList:all", `user-${denied}`, `user-${alsoDenied}`, browser);
    const gate = await freshGate();
    const ask = async (userId: string, headers: Record<string, string> = {}) => {
      const authorization = `Bearer ${await listenerToken(userId)}`;
      return gate(gateRequest("/api/me", { ...headers, authorization }));
    };
    expect((await ask(other)).status).toBe(200);
    for (const refused of [
      await ask(denied),
      await ask(denied),
      await ask(other, { "user-agent": browser }),
    ]) {
      expect(refused.status).toBe(429);
      expect(refused.headers.get("retry-after")).toBe("60");
    }
    vi.stubEnv("UPSTASH_REDIS_REST_URL", `http://127.0.0.1:${await freePort()}`);
    const alone = await freshGate();
    const authorization = `Bearer ${await listenerToken(alsoDenied)}`;
    const response = await alone(gateRequest("/api/me", { authorization }));
    expect([response.status, response.headers.get("ratelimit-degraded")]).toEqual([200, "process"]);
  });

  it("RATE_LIMIT_ANALYTICS counts decisions after the response", async () => {
    vi.stubEnv("RATE_LIMIT_ANALYTICS", "true");
    const userId = newId();
    const gate = await freshGate();
    const pending: Promise<unknown>[] = [];
    const authorization = `Bearer ${await listenerToken(userId)}`;
    await gate(gateRequest("/api/me", { authorization }), { waitUntil: (work) => void pending.push(work) });
    await Promise.all(pending);
    const [key] = await redis().keys("webchat:throttle:events:*");
    const events = await redis().zrange(key ?? "", 0, -1);
    expect(events).toContainEqual(expect.objectContaining({ identifier: `user-${userId}`, success: true }));
  });
});
