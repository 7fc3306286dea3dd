import { Redis } from "@upstash/redis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import type { LimitBucket, LimitStatus } from "@/lib/rate-limit/buckets";
import { getRetryAfterSeconds, setLimitHeaders } from "@/lib/rate-limit/limit-headers";
import { Limiter } from "@/lib/rate-limit/limiter";
import { ProcessLimiter } from "@/lib/rate-limit/process-limiter";
import { rateLimitedResponse } from "@/lib/rate-limit/rate-limited-response";
import { SlidingWindow } from "@/lib/rate-limit/sliding-window";
import { RedisUnavailableError } from "@/lib/redis/guarded-redis";
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

describe("a process's tally", () => {
  it("after the clock went back a little counts on from the later time, and tells Redis so", () => {
    const tally = new SlidingWindow(3, WINDOW_MS);
    tally.add(START + 5_000, 1);
    tally.add(START + 3_000, 1);
    expect(tally.unsyncedSlots(START + 3_000)).toEqual([{ at: START + 5_000, taken: 2, owed: 2 }]);
    expect(tally.remaining(START + 3_000 + WINDOW_MS)).toBe(1);
    expect(tally.remaining(START + 5_000 + WINDOW_MS)).toBe(3);
  });

  it("is back when Redis says so, unless this process has let through all there is by itself", () => {
    const roomy = new SlidingWindow(3, WINDOW_MS);
    roomy.add(START, 0);
    roomy.block(START + 2_000, START);
    expect(roomy.resetAt(START)).toBe(START + 2_000);
    const spent = new SlidingWindow(1, WINDOW_MS);
    spent.add(START, 0);
    spent.block(START + 2_000, START);
    expect(spent.resetAt(START)).toBe(START + WINDOW_MS);
  });

  it("is kept away by another clock for a window at most", () => {
    const tally = new SlidingWindow(3, WINDOW_MS);
    tally.block(START + 3_600_000, START);
    expect(tally.resetAt(START)).toBe(START + WINDOW_MS);
    expect(tally.remaining(START + WINDOW_MS)).toBe(3);
  });
});

describe("a process's limits", () => {
  const claim = (name: string, limit = 3): LimitBucket => ({
    key: name,
    policy: { name: "route", limit, windowSeconds: WINDOW_MS / 1_000 },
  });

  it("a token that Redis knew of after all, and was being told of, hides no later one", () => {
    const own = new ProcessLimiter();
    const counted = own.add([claim("a")], START, 1);
    own.takeUnsynced([claim("a")], START);
    counted?.confirm();
    own.add([claim("a")], START, 1);
    expect(own.takeUnsynced([claim("a")], START).serialized).toEqual([`${START}x1 `]);
  });

  it("forgets the caller who has not asked for longest, not the one first seen", () => {
    const own = new ProcessLimiter();
    const take = (name: string) => own.add([claim(name, 1)], START, 0) !== null;
    for (let n = 0; n < 10_000; n += 1) take(String(n));
    expect(take("0")).toBe(false);
    take("one more");
    expect(take("0")).toBe(false);
    expect(take("1")).toBe(true);
  });

  it("whom Redis refused while another of his requests was on its way, is not let in without it", async () => {
    const answers: ((answer: { result: unknown } | Error) => void)[] = [];
    const redis = new Redis({ url: "http://127.0.0.1:1", token: "t", enableAutoPipelining: false });
    const request = () =>
      new Promise((resolve, reject) => {
        answers.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
      });
    Reflect.set(redis, "client", { request });
    const limiter = new Limiter(redis);
    const [failing, refused] = [limiter.take([claim("a")]), limiter.take([claim("a")])];
    await waitUntil("both are on their way", () => answers.length === 2);
    answers[1]?.({ result: [0, 0, 5_000] });
    expect((await refused).allowed).toBe(false);
    answers[0]?.(new RedisUnavailableError("network"));
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
    setLimitHeaders(headers, { allowed: true, statuses, degraded: null });
    return headers.get("ratelimit");
  };

  it("round up, to a second at least: who comes back then is not too early", () => {
    expect(limitOf([status("a", 1, 1_001)])).toBe('"a";r=1;t=2');
    expect(limitOf([status("a", 1, 1_000)])).toBe('"a";r=1;t=1');
    expect(limitOf([status("a", 1, 0)])).toBe('"a";r=1;t=1');
  });

  it("begin with what refuses first, of equals with what refuses for longer", () => {
    expect(limitOf([status("a", 5, 9_000), status("b", 2, 1_000)])).toBe('"b";r=2;t=1, "a";r=5;t=9');
    expect(limitOf([status("a", 0, 1_000), status("b", 0, 9_000)])).toBe('"b";r=0;t=9, "a";r=0;t=1');
  });

  it("Retry-After is the longest of what refuses, whatever is left elsewhere", async () => {
    const statuses = [status("a", 5, 9_000), status("b", 0, 2_500), status("c", 0, 1_000)];
    const seconds = getRetryAfterSeconds({ allowed: false, statuses, degraded: null });
    expect(seconds).toBe(3);
    for (const accept of ["text/html", "application/json"]) {
      const answer = rateLimitedResponse(
        new Request("http://localhost/", { headers: { accept } }),
        seconds,
        "nonce",
      );
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "3"]);
      if (accept === "text/html") expect(await answer.text()).toContain('http-equiv="refresh" content="3"');
    }
  });
});
