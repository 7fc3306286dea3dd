import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import {
  acquireLock,
  extendLock,
  keys,
  type Lock,
  LockLostError,
  RedisUnavailableError,
  redis,
  redisService,
  releaseLock,
  ttlSeconds,
  withLock,
} from "@/lib/redis";
import { until } from "@/tests/support/clients/until";
import { runs } from "@/tests/support/fuzz/runs";

const newId = () => randomUUID();

async function acquired(id: string, options = {}): Promise<Lock> {
  const attempt = await acquireLock("test", id, options);
  if (!attempt.acquired) throw new Error("somebody else has it");
  return attempt.lock;
}

/** What happens when the TTL is over, now. */
async function expire(id: string): Promise<void> {
  await redisService().del(keys.lock("test", id));
}

afterEach(() => vi.restoreAllMocks());

describe("acquire, extend, release", () => {
  it("is one's own until it is released; others are told for how long", async () => {
    const id = newId();
    const lock = await acquired(id);
    expect(lock).toMatchObject({ resource: "test", id, ttlMs: ttlSeconds.lock * 1_000 });
    const other = await acquireLock("test", id);
    if (other.acquired) throw new Error("two have it");
    expect(other.retryAfterMs).toBeGreaterThan(9_000);
    expect(other.retryAfterMs).toBeLessThanOrEqual(10_000);
    expect((await acquireLock("test", newId())).acquired).toBe(true);
    expect((await acquireLock("other", id)).acquired).toBe(true);

    expect(await releaseLock(lock)).toBe(true);
    expect(await releaseLock(lock)).toBe(false);
    expect((await acquireLock("test", id)).acquired).toBe(true);
  });

  it("nobody else can release or extend it", async () => {
    const id = newId();
    const lock = await acquired(id);
    const forged = { ...lock, token: randomUUID() };
    expect(await releaseLock(forged)).toBe(false);
    expect(await extendLock(forged)).toBeNull();
    for (const token of [`${lock.token}:${lock.fence}`, lock.token.slice(0, 8), "", "%w+"]) {
      expect(await releaseLock({ ...lock, token })).toBe(false);
    }
    expect((await acquireLock("test", id)).acquired).toBe(false);

    await expire(id);
    const next = await acquired(id);
    expect(await releaseLock(lock)).toBe(false);
    expect(await extendLock(lock)).toBeNull();
    expect(await extendLock(next)).toMatchObject({ token: next.token, fence: next.fence });
  });

  it("expires, and extending makes it last from now on", async () => {
    const id = newId();
    const lock = await acquired(id, { ttlMs: 60 });
    await until("it has expired", async () => (await redisService().exists(keys.lock("test", id))) === 0);
    expect(await extendLock(lock)).toBeNull();
    const next = await acquired(id, { ttlMs: 20_000 });
    const extended = await extendLock(next, 60_000);
    expect(extended?.expiresAt).toBeGreaterThan(next.expiresAt + 35_000);
    const other = await acquireLock("test", id);
    expect(other).toMatchObject({ acquired: false });
    if (!other.acquired) expect(other.retryAfterMs).toBeGreaterThan(20_000);
  });

  it("waits its turn, no longer than it may", async () => {
    const id = newId();
    const lock = await acquired(id, { ttlMs: 20_000 });
    const startedAt = performance.now();
    expect((await acquireLock("test", id, { waitMs: 120 })).acquired).toBe(false);
    expect(performance.now() - startedAt).toBeGreaterThan(100);
    // Released while the other one waits, long before it would have expired.
    setTimeout(() => void releaseLock(lock), 100);
    expect((await acquireLock("test", id, { waitMs: 60_000 })).acquired).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(lock.ttlMs);

    // It does not outwait a holder that died.
    const short = newId();
    await acquired(short, { ttlMs: 200 });
    expect((await acquireLock("test", short, { waitMs: 10_000 })).acquired).toBe(true);
  });

  it("says what is wrong with what it is given", async () => {
    for (const ttlMs of [0, -1, 1.5, Number.NaN])
      await expect(acquireLock("test", "a", { ttlMs })).rejects.toThrow(RangeError);
    for (const waitMs of [-1, Number.NaN])
      await expect(acquireLock("test", "a", { waitMs })).rejects.toThrow(RangeError);
    for (const resource of ["", "a:b", "A", "1"])
      await expect(acquireLock(resource, "a")).rejects.toThrow(TypeError);
    await expect(extendLock(await acquired(newId()), 0)).rejects.toThrow(RangeError);
  });
});

describe("the fencing number", () => {
  it("is the server's clock in microseconds, and grows from lock to lock, also of other things", async () => {
    const fences: number[] = [];
    for (let turn = 0; turn < 50; turn += 1) {
      const lock = await acquired(newId());
      fences.push(lock.fence);
      if (turn % 2 === 0) await releaseLock(lock);
    }
    expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
    expect(Math.abs((fences[0] ?? 0) / 1_000 - Date.now())).toBeLessThan(60_000);
  });

  it("grows on when Redis was emptied", async () => {
    const id = newId();
    const before = await acquired(id);
    await redis().flushdb();
    const after = await acquired(id);
    expect(after.fence).toBeGreaterThan(before.fence);
    expect(await releaseLock(before)).toBe(false);
  });

  it("does not go back with the server's clock", async () => {
    const ahead = (Date.now() + 3_600_000) * 1_000;
    await redis().send(["SET", keys.lockFence, String(ahead)]);
    expect((await acquired(newId())).fence).toBe(ahead + 1);
    expect((await acquired(newId())).fence).toBe(ahead + 2);
    // Emptied as well: this process still knows.
    await redis().flushdb();
    expect((await acquired(newId())).fence).toBe(ahead + 3);
    await redis().send(["SET", keys.lockFence, "what is this"]);
    expect((await acquired(newId())).fence).toBe(ahead + 4);
  });
});

describe("withLock", () => {
  it("answers what the work does, and gives the lock back however it ends", async () => {
    const id = newId();
    const result = await withLock("test", id, async (signal, lock) => {
      expect(signal.aborted).toBe(false);
      expect((await acquireLock("test", id)).acquired).toBe(false);
      return lock?.fence;
    });
    expect(result).toBeGreaterThan(0);
    await expect(
      withLock("test", id, async () => {
        throw new Error("the work's own");
      }),
    ).rejects.toThrow("the work's own");
    expect((await acquireLock("test", id)).acquired).toBe(true);
  });

  it("tells people that somebody else is at it, and when to come back", async () => {
    const id = newId();
    await acquired(id, { ttlMs: 7_500 });
    const work = vi.fn();
    const failure: unknown = await withLock("test", id, work).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({ code: "conflict", messageKey: "locked", retryAfterSeconds: 8 });
    expect(work).not.toHaveBeenCalled();
  });

  it("signals when its time is over, and not before; what the work answers stands", async () => {
    const startedAt = performance.now();
    const reason = await withLock(
      "test",
      newId(),
      (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason))),
      { ttlMs: 150 },
    );
    expect(reason).toBeInstanceOf(LockLostError);
    expect(performance.now() - startedAt).toBeGreaterThan(100);
    // Not when the lock of a TTL that nobody said would be over.
    expect(performance.now() - startedAt).toBeLessThan(ttlSeconds.lock * 1_000);
  });

  it("holds it as long as the work lasts, when asked to extend it", async () => {
    const id = newId();
    await withLock(
      "test",
      id,
      async (signal) => {
        // Two extensions may fail or be late, and it is still held.
        await delay(2_000);
        expect(signal.aborted).toBe(false);
        expect((await acquireLock("test", id)).acquired).toBe(false);
      },
      { ttlMs: 1_500, autoExtend: true },
    );
    expect((await acquireLock("test", id)).acquired).toBe(true);
  });

  it("signals at the next extension when the lock is somebody else's, and leaves theirs alone", async () => {
    const id = newId();
    let theirs: Lock | undefined;
    await withLock(
      "test",
      id,
      async (signal, mine) => {
        await expire(id);
        theirs = await acquired(id);
        expect(theirs.fence).toBeGreaterThan(mine?.fence ?? 0);
        await until("it knows", () => signal.aborted);
        expect(signal.reason).toBeInstanceOf(LockLostError);
      },
      { ttlMs: 600, autoExtend: true },
    );
    expect(theirs && (await releaseLock(theirs))).toBe(true);
  });

  it("without Redis nothing is done, or what is asked is done without a lock", async () => {
    const down = vi.spyOn(redis(), "send").mockRejectedValue(new RedisUnavailableError("network"));
    const work = vi.fn(async (_: AbortSignal, lock: Lock | null) => lock);
    await expect(acquireLock("test", newId())).rejects.toThrow(RedisUnavailableError);
    await expect(withLock("test", newId(), work)).rejects.toMatchObject({ code: "unavailable" });
    expect(work).not.toHaveBeenCalled();
    expect(await withLock("test", newId(), work, { withoutRedis: "work" })).toBeNull();
    down.mockRestore();

    // Somebody else's lock is no outage.
    const id = newId();
    await acquired(id);
    await expect(withLock("test", id, work, { withoutRedis: "work" })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("Redis that goes away meanwhile costs nothing as long as the lock lasts", async () => {
    const id = newId();
    const send = redis().send.bind(redis());
    const aborted = await withLock(
      "test",
      id,
      async (signal) => {
        const down = vi.spyOn(redis(), "send").mockRejectedValue(new RedisUnavailableError("network"));
        await until("an extension has failed", () => down.mock.calls.length > 0);
        down.mockImplementation(send);
        await delay(2_500);
        return signal.aborted;
      },
      { ttlMs: 2_400, autoExtend: true },
    );
    expect(aborted).toBe(false);
  });

  it("a lock whose answer was lost is given back", async () => {
    const id = newId();
    const send = redis().send.bind(redis());
    vi.spyOn(redis(), "send").mockImplementationOnce(async (command) => {
      await send(["SET", keys.lock("test", id), `${String(command[5])}:1`, "PX", "60000"]);
      throw new RedisUnavailableError("timeout");
    });
    await expect(acquireLock("test", id)).rejects.toThrow(RedisUnavailableError);
    await until("it is free", async () => (await redisService().exists(keys.lock("test", id))) === 0);
  });
});

it("any order of things agrees with a model: one holder, and fences only grow (property)", async () => {
  const client = fc.nat(2);
  const step = fc.oneof(
    fc.record({ do: fc.constant("acquire" as const), client }),
    fc.record({ do: fc.constant("release" as const), client }),
    fc.record({ do: fc.constant("extend" as const), client }),
    fc.record({ do: fc.constant("expire" as const), client }),
    fc.record({ do: fc.constant("empty" as const), client }),
  );
  let last = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const id = newId();
      /** Each client's last lock, whether or not it still has it. */
      const locks = new Map<number, Lock>();
      let holder: number | null = null;
      for (const { do: what, client: who } of steps) {
        const lock = locks.get(who);
        if (what === "acquire") {
          const attempt = await acquireLock("test", id);
          expect(attempt.acquired).toBe(holder === null);
          if (attempt.acquired) {
            expect(attempt.lock.fence).toBeGreaterThan(last);
            last = attempt.lock.fence;
            locks.set(who, attempt.lock);
            holder = who;
          }
        } else if (what === "release" && lock) {
          expect(await releaseLock(lock)).toBe(holder === who);
          if (holder === who) holder = null;
        } else if (what === "extend" && lock) {
          expect((await extendLock(lock)) !== null).toBe(holder === who);
        } else if (what === "expire") {
          await expire(id);
          holder = null;
        } else if (what === "empty") {
          await redis().flushdb();
          holder = null;
        }
        expect(await redisService().get(keys.lock("test", id), z.string())).toBe(
          holder === null ? null : `${locks.get(holder)?.token}:${locks.get(holder)?.fence}`,
        );
      }
    }),
    { numRuns: runs(40) },
  );
});

it("among many who want it at once there is never more than one inside (property)", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(4), { minLength: 2, maxLength: 8 }), async (pauses) => {
      const id = newId();
      let inside = 0;
      const fences: number[] = [];
      await Promise.all(
        pauses.map((pauseMs) =>
          withLock(
            "test",
            id,
            async (_, lock) => {
              inside += 1;
              expect(inside).toBe(1);
              fences.push(lock?.fence ?? 0);
              await delay(pauseMs);
              expect(inside).toBe(1);
              inside -= 1;
            },
            { waitMs: 20_000 },
          ),
        ),
      );
      expect(fences).toHaveLength(pauses.length);
      expect(fences).toEqual([...fences].sort((a, b) => a - b));
    }),
    { numRuns: runs(8) },
  );
}, 60_000);
