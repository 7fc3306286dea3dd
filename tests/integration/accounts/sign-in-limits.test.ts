import { beforeEach, describe, expect, it } from "vitest";
import { POST as forgotPassword } from "@/app/api/auth/forgot-password/route";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { limitStats, withSignInLimit } from "@/lib/rate-limit/handler-limits";
import { redis } from "@/lib/redis";
import { call } from "@/tests/support/clients/call";
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

/** Failed attempts as the limits see them, without the gate and without checking a password. */
function failSignIn(email: string, ip: string): Promise<"failed" | "refused"> {
  const wrongPassword = new AppError("unauthenticated");
  return withSignInLimit({ email, ip, device: null }, () => Promise.reject(wrongPassword)).catch(
    (error: unknown) => (error === wrongPassword ? "failed" : "refused"),
  );
}

/** Fails as often as one address may. */
async function exhaust(email: string, ip: string): Promise<void> {
  for (let n = 0; n < 10; n += 1) expect(await failSignIn(email, ip)).toBe("failed");
}

describe("an account's attempts", () => {
  const ip = (n: number) => `198.18.0.${n}`;

  it("from one address are limited, also when they are concurrent", async () => {
    const email = `${newId()}@test.example`;
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => failSignIn(email, ip(1))));
    expect(outcomes.filter((outcome) => outcome === "failed")).toHaveLength(10);
  });

  it("from all addresses are limited below what OWASP allows, also when they are concurrent", async () => {
    const email = `${newId()}@test.example`;
    const outcomes = await Promise.all(Array.from({ length: 120 }, (_, n) => failSignIn(email, ip(n))));
    expect(outcomes.filter((outcome) => outcome === "failed")).toHaveLength(80);
  });

  it("do not lock out an owner who signs in from elsewhere, nor keep the reset mail from them", async () => {
    const { email } = await createTestUser();
    await exhaust(email, ip(2));
    expect((await attemptSignIn({ email, ip: ip(2), password: TEST_PASSWORD })).status).toBe(429);
    expect((await attemptSignIn({ email, ip: ip(3), password: TEST_PASSWORD })).status).toBe(200);
    const ask = (from: string) =>
      call(forgotPassword, { body: { email }, headers: { "x-forwarded-for": from } });
    for (let n = 0; n < 10; n += 1) await ask(ip(2));
    expect((await ask(ip(2))).status).toBe(429);
    expect((await ask(ip(3))).status).toBe(202);
  });

  it("reset after a quarter of an hour", async () => {
    const { email } = await createTestUser();
    await exhaust(email, ip(4));
    const rejected = await attemptSignIn({ email, ip: ip(4), password: TEST_PASSWORD });
    expect(rejected.status).toBe(429);
    clock.nowMs += Number(rejected.headers.get("retry-after")) * 1_000;
    expect((await attemptSignIn({ email, ip: ip(4), password: TEST_PASSWORD })).status).toBe(200);
  });

  it("share one limit for all spellings of the address, which Redis does not learn", async () => {
    const { email } = await createTestUser();
    for (let n = 0; n < 10; n += 1) {
      await attemptSignIn({ email: n % 2 ? email.toUpperCase() : ` ${email}`.trim(), ip: ip(5) });
    }
    expect(await failSignIn(email, ip(5))).toBe("refused");
    const keys = await redis().keys("*throttle:account*");
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys)
      expect(key).toMatch(
        /^webchat:throttle:account(-total)?:account-[\w-]{22}(\+ip-[\d.]+)?:\/api\/auth\/[\w-]+$/,
      );
  });

  it("are counted in the metrics", async () => {
    const before = limitStats().account;
    const email = `${newId()}@test.example`;
    for (let n = 0; n < 12; n += 1) await failSignIn(email, ip(6));
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
    const attempt = { email, ip: "198.19.2.1", password: TEST_PASSWORD };
    await exhaust(email, attempt.ip);
    for (const cookie of useless) {
      expect([cookie, (await attemptSignIn({ ...attempt, cookie })).status]).toEqual([cookie, 429]);
    }
    expect((await attemptSignIn({ ...attempt, cookie: own })).status).toBe(200);
    clock.nowMs += 180 * 24 * 3_600_000;
    await exhaust(email, attempt.ip);
    expect((await attemptSignIn({ ...attempt, cookie: own })).status).toBe(429);
  });
});
