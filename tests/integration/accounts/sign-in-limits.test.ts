import { beforeEach, describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { limitStats } from "@/lib/rate-limit/handler-limits";
import { redis } from "@/lib/redis";
import { freezeClock } from "@/tests/support/clients/freeze-clock";
import { attemptSignIn, extractDeviceCookie } from "@/tests/support/clients/sign-in-attempts";
import { createTestUser, TEST_PASSWORD } from "@/tests/support/factories/accounts";

// Set before anything reads the environment.
process.env.TRUST_PROXY = "1";

/** The longest window of any limit. */
const MAX_WINDOW_MS = 3_600_000;

const clock = freezeClock();
beforeEach(() => {
  // All limits have reset.
  clock.nowMs += 2 * MAX_WINDOW_MS;
});

describe("an account's attempts", () => {
  const ip = (n: number) => `198.18.0.${n}`;

  it("are limited the same when they are concurrent", async () => {
    const { email } = await createTestUser();
    const responses = await Promise.all(
      Array.from({ length: 30 }, (_, n) => attemptSignIn({ email, ip: ip(n) })),
    );
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
  });

  it("reset after a quarter of an hour", async () => {
    const { email } = await createTestUser();
    for (let n = 0; n < 11; n += 1) await attemptSignIn({ email, ip: ip(n) });
    const rejected = await attemptSignIn({ email, ip: ip(40), password: TEST_PASSWORD });
    expect(rejected.status).toBe(429);
    clock.nowMs += Number(rejected.headers.get("retry-after")) * 1_000;
    expect((await attemptSignIn({ email, ip: ip(41), password: TEST_PASSWORD })).status).toBe(200);
  });

  it("share one limit for all spellings of the address, which Redis does not learn", async () => {
    const { email } = await createTestUser();
    for (let n = 0; n < 10; n += 1) {
      await attemptSignIn({ email: n % 2 ? email.toUpperCase() : ` ${email}`.trim(), ip: ip(120 + n) });
    }
    expect((await attemptSignIn({ email, ip: ip(140) })).status).toBe(429);
    const keys = await redis().keys("*throttle:account:*");
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key).toMatch(/^webchat:throttle:account:account-[\w-]{22}:\/api\/auth\//);
  });

  it("are counted in the metrics", async () => {
    const before = limitStats().account;
    const { email } = await createTestUser();
    for (let n = 0; n < 12; n += 1) await attemptSignIn({ email, ip: ip(150 + n) });
    expect(limitStats().account).toEqual({
      allowed: (before?.allowed ?? 0) + 10,
      refused: (before?.refused ?? 0) + 2,
      degraded: before?.degraded ?? 0,
    });
  });
});

describe("a device cookie", () => {
  const cookieOf = async (email: string) =>
    extractDeviceCookie(await attemptSignIn({ email, ip: "198.19.0.1", password: TEST_PASSWORD }));

  it("is hidden from scripts and contains no account data", async () => {
    const owner = { email: `owner-${newId()}@test.example` };
    const { email, userId } = await createTestUser("listener", owner);
    const response = await attemptSignIn({ email, ip: "198.19.0.2", password: TEST_PASSWORD });
    const cookie = response.headers.getSetCookie().find((each) => each.startsWith("nd_device="));
    expect(cookie).toMatch(/^nd_device=[\w-]{64}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=15552000$/);
    const bytes = Buffer.from(cookie?.slice(10, 74) ?? "", "base64url");
    expect(bytes.includes(Buffer.from(userId.replaceAll("-", ""), "hex"))).toBe(false);
    expect(bytes.toString("latin1")).not.toContain("owner");
  });

  it("has its own limit, which is not larger", async () => {
    const { email } = await createTestUser();
    const cookie = await cookieOf(email);
    const statuses = [];
    for (let n = 0; n < 11; n += 1) {
      statuses.push((await attemptSignIn({ email, ip: `198.19.1.${n}`, cookie })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
    // Attempts in that browser do not count for others.
    expect((await attemptSignIn({ email, ip: "198.19.1.50", password: TEST_PASSWORD })).status).toBe(200);
  });

  it("of another account, forged, truncated or too old has no effect", async () => {
    const { email } = await createTestUser();
    const own = await cookieOf(email);
    const another = await cookieOf((await createTestUser()).email);
    const useless = [
      another,
      `nd_device=${"A".repeat(64)}`,
      own.slice(0, -1),
      `${own.slice(0, -1)}${own.endsWith("A") ? "B" : "A"}`,
      "nd_device=",
      `${own}=`,
      `nd_device=${own.slice(10, 20)}${another.slice(20)}`,
    ];
    for (let n = 0; n < 10; n += 1) await attemptSignIn({ email, ip: `198.19.2.${n}` });
    for (const [n, cookie] of useless.entries()) {
      const answer = await attemptSignIn({
        email,
        ip: `198.19.2.${100 + n}`,
        cookie,
        password: TEST_PASSWORD,
      });
      expect([cookie, answer.status]).toEqual([cookie, 429]);
    }
    expect(
      (await attemptSignIn({ email, ip: "198.19.2.200", cookie: own, password: TEST_PASSWORD })).status,
    ).toBe(200);
    clock.nowMs += 180 * 24 * 3_600_000;
    for (let n = 0; n < 10; n += 1) await attemptSignIn({ email, ip: `198.19.3.${n}` });
    expect(
      (await attemptSignIn({ email, ip: "198.19.3.200", cookie: own, password: TEST_PASSWORD })).status,
    ).toBe(429);
  });
});
