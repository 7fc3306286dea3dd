import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { freezeClock } from "@/tests/support/clients/freeze-clock";
import {
  attemptSignIn,
  extractDeviceCookie,
  type SignInAttempt,
} from "@/tests/support/clients/sign-in-attempts";
import { createTestUser, TEST_PASSWORD } from "@/tests/support/factories/accounts";
import { runs } from "@/tests/support/fuzz/runs";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";
import { workerStack } from "@/tests/support/stack/worker-stack";

/** Attempts with 401 or 200 reached the password check, and each failed one left an entry in the audit log. */

// Set before anything reads the environment.
const proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;
process.env.TRUST_PROXY = "1";

/** `RUNS=10` makes the 10,000 attempts that the limits were designed for. */
const ATTEMPTS = runs(1_000);
/** Concurrent attempts. */
const CONCURRENCY = 20;
const MINUTE_MS = 60_000;
const ACCOUNT_WINDOW_MS = 15 * MINUTE_MS;
const ADDRESS_WINDOW_MS = 60 * MINUTE_MS;

const clock = freezeClock();
beforeEach(() => {
  clock.nowMs += 2 * ADDRESS_WINDOW_MS;
});
afterAll(() => proxy.close());

const address = (n: number) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

interface Checked {
  at: number;
  email: string;
  ip: string;
}

/** Spreads the attempts evenly over this time (ms). @returns those that reached the password check */
async function attack(
  overMs: number,
  pick: (n: number) => SignInAttempt,
  between = async (_n: number) => {},
) {
  const startedAt = clock.nowMs;
  const failuresBefore = await failures();
  const checked: Checked[] = [];
  for (let n = 0; n < ATTEMPTS; n += CONCURRENCY) {
    clock.nowMs = startedAt + Math.floor((n / ATTEMPTS) * overMs);
    await Promise.all(
      Array.from({ length: CONCURRENCY }, async (_, index) => {
        const attempt = pick(n + index);
        const { status, headers } = await attemptSignIn(attempt);
        if (status === 401) checked.push({ at: clock.nowMs, email: attempt.email, ip: attempt.ip });
        else expect([status, Number(headers.get("retry-after")) > 0]).toEqual([429, true]);
      }),
    );
    await between(n);
  }
  return { checked, written: (await failures()) - failuresBefore };
}

const failures = () => db().auditEntry.count({ where: { action: "sign_in_failed" } });

/** The highest count of one account or address in any window of this length. */
function maxInWindow(checked: readonly Checked[], by: "email" | "ip", windowMs: number): number {
  const counts = checked.map(
    (last) =>
      checked.filter(
        (other) => other[by] === last[by] && other.at > last.at - windowMs && other.at <= last.at,
      ).length,
  );
  return Math.max(0, ...counts);
}

/** Time limit (ms): some 500 password checks take 30 ms of two cores each, and each new address costs a Redis call. */
const TIMEOUT_MS = 600_000;

describe.runIf(workerStack().real).each(["pass", "refuse"] as const)(
  "thousands of attempts with Redis in mode %s",
  {
    timeout: TIMEOUT_MS,
  },
  (redisIs) => {
    beforeAll(() => proxy.set(redisIs));
    afterAll(() => proxy.set("pass"));

    it("from one address on many accounts are limited to 10 a minute and 100 an hour", async () => {
      const run = newId();
      const { checked, written } = await attack(ADDRESS_WINDOW_MS, (n) => ({
        email: `guess-${n}-${run}@test.example`,
        ip: "192.0.2.1",
      }));
      expect(checked.length).toBe(100);
      expect(maxInWindow(checked, "ip", MINUTE_MS)).toBe(10);
      expect(written).toBe(checked.length);
    });

    it("from many addresses on one account are limited to 80 an hour, and its owner can still sign in", async () => {
      const { email } = await createTestUser();
      const known = extractDeviceCookie(
        await attemptSignIn({ email, ip: "198.51.100.1", password: TEST_PASSWORD }),
      );
      const owner: number[] = [];
      const { checked, written } = await attack(
        ADDRESS_WINDOW_MS - 1,
        (n) => ({ email, ip: address(n + (redisIs === "pass" ? 0 : ATTEMPTS)) }),
        async (n) => {
          if (n % (ATTEMPTS / 5) !== 0) return;
          const mistaken = await attemptSignIn({ email, ip: "198.51.100.1", cookie: known });
          const right = await attemptSignIn({
            email,
            ip: "198.51.100.1",
            cookie: known,
            password: TEST_PASSWORD,
          });
          owner.push(mistaken.status, right.status);
        },
      );
      expect(checked.length).toBe(80);
      expect(owner).toEqual(Array(5).fill([401, 200]).flat());
      expect(written).toBe(checked.length + 5);
      // From an unknown browser the owner is limited too.
      const unknownBrowser = await attemptSignIn({ email, ip: "198.51.100.2", password: TEST_PASSWORD });
      expect(unknownBrowser.status).toBe(429);
    });

    it("from 5 addresses on 4 accounts exceed no limit", async () => {
      const owners = await Promise.all(Array.from({ length: 2 }, () => createTestUser()));
      const emails = [
        ...owners.map(({ email }) => email),
        ...Array.from({ length: 2 }, (_, n) => `nobody-${n}-${newId()}@test.example`),
      ];
      const { checked, written } = await attack(2 * ACCOUNT_WINDOW_MS - 1, (n) => ({
        email: emails[Math.floor(n / 5) % emails.length] ?? "",
        ip: `203.0.113.${n % 5}`,
      }));
      const pairs = checked.map((one) => ({ ...one, email: `${one.email} ${one.ip}` }));
      expect(maxInWindow(pairs, "email", ACCOUNT_WINDOW_MS)).toBe(10);
      expect(maxInWindow(checked, "email", ADDRESS_WINDOW_MS)).toBe(80);
      expect(maxInWindow(checked, "ip", MINUTE_MS)).toBeLessThanOrEqual(10);
      expect(maxInWindow(checked, "ip", ADDRESS_WINDOW_MS)).toBeLessThanOrEqual(100);
      // Every account was attacked, and none above its limit.
      expect(new Set(checked.map(({ email }) => email)).size).toBe(emails.length);
      expect(written).toBe(checked.length);
    });
  },
);

describe("an account's attempts", () => {
  const ip = (n: number) => `198.18.0.${n}`;

  it("count only when they fail: repeated successful sign-ins are not limited", async () => {
    const { email } = await createTestUser();
    const attempt = { email, ip: ip(1) };
    for (let n = 0; n < 9; n += 1) await attemptSignIn(attempt);
    for (let n = 0; n < 15; n += 1) {
      // The gate accepts ten attempts a minute.
      if (n % 10 === 0) clock.nowMs += MINUTE_MS + 1_000;
      expect((await attemptSignIn({ ...attempt, password: TEST_PASSWORD })).status).toBe(200);
    }
    // Successes do not reset the failures.
    expect((await attemptSignIn(attempt)).status).toBe(401);
    expect((await attemptSignIn(attempt)).status).toBe(429);
  });

  it("are rejected with the standard body, the same for existing and unknown accounts", async () => {
    const { email } = await createTestUser();
    const resultsByEmail = [];
    for (const [index, who] of [email, `nobody-${newId()}@test.example`].entries()) {
      const responses = [];
      for (let n = 0; n < 12; n += 1) {
        // The gate accepts ten attempts a minute.
        if (n === 10) clock.nowMs += MINUTE_MS + 1_000;
        const response = await attemptSignIn({ email: who, ip: ip(50 + index) });
        const { error } = (await response.json()) as { error: { requestId: string } };
        responses.push({ status: response.status, error: { ...error, requestId: "" } });
        if (n === 11) responses.push({ retryAfter: response.headers.get("retry-after") });
      }
      resultsByEmail.push(responses);
    }
    expect(resultsByEmail[0]).toEqual(resultsByEmail[1]);
    expect(resultsByEmail[0]?.slice(-2)).toEqual([
      {
        status: 429,
        error: { code: "rate_limited", message: "Too many requests, wait a little", requestId: "" },
      },
      { retryAfter: "839" },
    ]);
  });
});
