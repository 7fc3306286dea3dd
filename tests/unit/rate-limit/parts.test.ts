import { Redis } from "@upstash/redis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import type { LimitBucket, LimitStatus } from "@/lib/rate-limit/buckets";
import { getRetryAfterSeconds, setLimitHeaders } from "@/lib/rate-limit/limit-headers";
import { Limiter } from "@/lib/rate-limit/limiter";
import { ProcessLimiter } from "@/lib/rate-limit/process-limiter";
import { rateLimitedResponse } from "@/lib/rate-limit/rate-limited-response";
import { SlidingWindow } from "@/lib/rate-limit/sliding-window";
import { RedisUnavailableError } from "@/lib/redis/unavailable";
import { waitUntil } from "@/tests/support/clients/wait-until";

const START = 1_700_000_000_000;
const WINDOW_MS = 10_000;

let time = START;
let restore = () => {};
beforeEach(() => {
  time = START;
  restore = setClock({ now: () => time });
});
afterEach(() => restore());

describe("a process's window", () => {
  it("continues from the later time after the clock was set back a little, also for Redis", () => {
    const window = new SlidingWindow(3, WINDOW_MS);
    window.add(START + 5_000, 1);
    window.add(START + 3_000, 1);
    expect(window.unreportedSlots(START + 3_000)).toEqual([
      { at: START + 5_000, taken: 2, unreported: 2, reporting: 0 },
    ]);
    expect(window.remaining(START + 3_000 + WINDOW_MS)).toBe(1);
    expect(window.remaining(START + 5_000 + WINDOW_MS)).toBe(3);
  });

  it("resets when Redis reports, unless this process has used up the limit alone", () => {
    const roomy = new SlidingWindow(3, WINDOW_MS);
    roomy.add(START, 0);
    roomy.block(START + 2_000, START);
    expect(roomy.resetAt(START)).toBe(START + 2_000);
    const spent = new SlidingWindow(1, WINDOW_MS);
    spent.add(START, 0);
    spent.block(START + 2_000, START);
    expect(spent.resetAt(START)).toBe(START + WINDOW_MS);
  });

  it("is blocked by another clock for a window at most", () => {
    const window = new SlidingWindow(3, WINDOW_MS);
    window.block(START + 3_600_000, START);
    expect(window.resetAt(START)).toBe(START + WINDOW_MS);
    expect(window.remaining(START + WINDOW_MS)).toBe(3);
  });
});

describe("a process's lease", () => {
  const leasing = () => {
    const window = new SlidingWindow(10, WINDOW_MS);
    window.add(START, 0);
    window.applyReply(5, { from: START, until: START + 5_000, size: 2, used: 0 }, START);
    return window;
  };

  it("is used until it ends, is empty, or the clock is set back", () => {
    const window = leasing();
    expect(window.hasLeasedToken(START - 1)).toBe(false);
    expect(window.hasLeasedToken(START + 4_999)).toBe(true);
    expect(window.hasLeasedToken(START + 5_000)).toBe(false);
    for (let n = 0; n < 2; n += 1) window.takeLeasedToken(START);
    expect(window.hasLeasedToken(START)).toBe(false);
  });

  it("leaves the caller what other processes have not taken, as the last reply showed", () => {
    const window = leasing();
    expect(window.sharedRemaining(START)).toBe(7);
    window.takeLeasedToken(START);
    expect(window.sharedRemaining(START)).toBe(6);
    expect(window.sharedRemaining(START + WINDOW_MS)).toBe(8);
  });

  it("serves a caller for whom Redis has no more, and its tokens were not taken without Redis", () => {
    const window = leasing();
    window.block(START + 9_000, START);
    expect(window.remaining(START)).toBe(2);
    for (let n = 0; n < 2; n += 1) window.takeLeasedToken(START);
    expect(window.remaining(START)).toBe(0);
    expect(window.hasTakenAlone(START)).toBe(false);
    window.add(START, 1);
    expect(window.hasTakenAlone(START)).toBe(true);
  });

  it("is asked for by one call at a time, for as many requests as the last window lets expect", () => {
    const window = new SlidingWindow(10, WINDOW_MS);
    expect(window.startLeasing(START)).toBe(0);
    for (let n = 0; n < 4; n += 1) window.add(START, 0);
    expect(window.startLeasing(START)).toBe(3);
    expect(window.startLeasing(START)).toBe(0);
    window.endLeasing();
    expect(window.startLeasing(START)).toBe(3);
    window.endLeasing();
    expect(window.startLeasing(START + WINDOW_MS)).toBe(0);
  });
});

describe("a process's limits", () => {
  const claim = (name: string, limit = 3): LimitBucket => ({
    key: name,
    policy: { name: "route", limit, windowSeconds: WINDOW_MS / 1_000 },
  });

  it("a token that Redis turns out to have does not hide a later one from the report", () => {
    const own = new ProcessLimiter();
    const counted = own.add([claim("a")], START, 1);
    own.report([claim("a")], START);
    counted?.confirm();
    own.add([claim("a")], START, 1);
    expect(own.report([claim("a")], START).buckets).toMatchObject([
      { unreported: [{ at: START, count: 1 }] },
    ]);
  });

  it("drops the caller with the oldest request, not the one first seen", () => {
    const own = new ProcessLimiter();
    const take = (name: string) => own.add([claim(name, 1)], START, 0) !== null;
    for (let n = 0; n < 10_000; n += 1) take(String(n));
    expect(take("0")).toBe(false);
    take("one more");
    expect(take("0")).toBe(false);
    expect(take("1")).toBe(true);
  });

  it("after Redis rejected a request, a concurrent one is not accepted without Redis", async () => {
    const responses: ((response: { result: unknown } | Error) => void)[] = [];
    const redis = new Redis({ url: "http://127.0.0.1:1", token: "t", enableAutoPipelining: false });
    const request = () =>
      new Promise((resolve, reject) => {
        responses.push((response) => (response instanceof Error ? reject(response) : resolve(response)));
      });
    Reflect.set(redis, "client", { request });
    const limiter = new Limiter({ exact: redis, usual: redis });
    const [failing, rejected] = [limiter.take([claim("a")]), limiter.take([claim("a")])];
    await waitUntil("both requests are in flight", () => responses.length === 2);
    responses[1]?.({ result: [0, 0, 5_000, 0] });
    expect((await rejected).allowed).toBe(false);
    responses[0]?.(new RedisUnavailableError("network"));
    expect(await failing).toMatchObject({ allowed: false, degraded: "process" });
  });
});

describe("the header fields", () => {
  const status = (name: string, remaining: number, ms: number): LimitStatus => ({
    policy: { name, limit: 10, windowSeconds: 60 },
    remaining,
    resetAt: START + ms,
  });
  const limitOf = (statuses: LimitStatus[]) => {
    const headers = new Headers();
    setLimitHeaders(headers, { allowed: true, statuses, degraded: null, pending: Promise.resolve() });
    return headers.get("ratelimit");
  };

  it("round up to at least a second, so that a retry is not too early", () => {
    expect(limitOf([status("a", 1, 1_001)])).toBe('"a";r=1;t=2');
    expect(limitOf([status("a", 1, 1_000)])).toBe('"a";r=1;t=1');
    expect(limitOf([status("a", 1, 0)])).toBe('"a";r=1;t=1');
  });

  it("start with the most restrictive limit, of equals with the longest", () => {
    expect(limitOf([status("a", 5, 9_000), status("b", 2, 1_000)])).toBe('"b";r=2;t=1, "a";r=5;t=9');
    expect(limitOf([status("a", 0, 1_000), status("b", 0, 9_000)])).toBe('"b";r=0;t=9, "a";r=0;t=1');
  });

  it("Retry-After is the longest wait of the limits that reject", async () => {
    const statuses = [status("a", 5, 9_000), status("b", 0, 2_500), status("c", 0, 1_000)];
    const decision = { allowed: false, statuses, degraded: null, pending: Promise.resolve() };
    const seconds = getRetryAfterSeconds(decision);
    expect(seconds).toBe(3);
    for (const accept of ["text/html", "application/json"]) {
      const response = rateLimitedResponse(
        new Request("http://localhost/", { headers: { accept } }),
        seconds,
        "nonce",
      );
      expect([response.status, response.headers.get("retry-after")]).toEqual([429, "3"]);
      if (accept === "text/html") expect(await response.text()).toContain('http-equiv="refresh" content="3"');
    }
  });
});
