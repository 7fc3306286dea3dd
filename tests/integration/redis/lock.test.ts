import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
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
import { waitUntil } from "@/tests/support/clients/wait-until";
import { acquireTestLock, expireTestLock } from "@/tests/support/factories/locks";

afterEach(() => vi.restoreAllMocks());

describe("acquire, extend, release", () => {
  it("is one's own until it is released; others are told for how long", async () => {
    const id = newId();
    const lock = await acquireTestLock(id);
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
    const lock = await acquireTestLock(id);
    const forged = { ...lock, token: randomUUID() };
    expect(await releaseLock(forged)).toBe(false);
    expect(await extendLock(forged)).toBeNull();
    for (const token of [`${lock.token}:${lock.fence}`, lock.token.slice(0, 8), "", "%w+"]) {
      expect(await releaseLock({ ...lock, token })).toBe(false);
    }
    expect((await acquireLock("test", id)).acquired).toBe(false);

    await expireTestLock(id);
    const next = await acquireTestLock(id);
    expect(await releaseLock(lock)).toBe(false);
    expect(await extendLock(lock)).toBeNull();
    expect(await extendLock(next)).toMatchObject({ token: next.token, fence: next.fence });
  });

  it("expires, and extending makes it last from now on", async () => {
    const id = newId();
    const lock = await acquireTestLock(id, { ttlMs: 60 });
    await waitUntil("it has expired", async () => (await redisService().exists(keys.lock("test", id))) === 0);
    expect(await extendLock(lock)).toBeNull();
    const next = await acquireTestLock(id, { ttlMs: 20_000 });
    const extended = await extendLock(next, 60_000);
    expect(extended?.expiresAt).toBeGreaterThan(next.expiresAt + 35_000);
    const other = await acquireLock("test", id);
    expect(other).toMatchObject({ acquired: false });
    if (!other.acquired) expect(other.retryAfterMs).toBeGreaterThan(20_000);
  });

  it("waits its turn, no longer than it may", async () => {
    const id = newId();
    const lock = await acquireTestLock(id, { ttlMs: 20_000 });
    const startedAt = performance.now();
    expect((await acquireLock("test", id, { waitMs: 120 })).acquired).toBe(false);
    expect(performance.now() - startedAt).toBeGreaterThan(100);
    // Released while the other one waits, long before it would have expired.
    setTimeout(() => void releaseLock(lock), 100);
    expect((await acquireLock("test", id, { waitMs: 60_000 })).acquired).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(lock.ttlMs);

    // It does not outwait a holder that died.
    const short = newId();
    await acquireTestLock(short, { ttlMs: 200 });
    expect((await acquireLock("test", short, { waitMs: 10_000 })).acquired).toBe(true);
  });

  it("says what is wrong with what it is given", async () => {
    for (const ttlMs of [0, -1, 1.5, Number.NaN])
      await expect(acquireLock("test", "a", { ttlMs })).rejects.toThrow(RangeError);
    for (const waitMs of [-1, Number.NaN])
      await expect(acquireLock("test", "a", { waitMs })).rejects.toThrow(RangeError);
    for (const resource of ["", "a:b", "A", "1"])
      await expect(acquireLock(resource, "a")).rejects.toThrow(TypeError);
    await expect(extendLock(await acquireTestLock(newId()), 0)).rejects.toThrow(RangeError);
  });
});

describe("the fencing number", () => {
  it("is the server's clock in microseconds, and grows from lock to lock, also of other things", async () => {
    const fences: number[] = [];
    for (let turn = 0; turn < 50; turn += 1) {
      const lock = await acquireTestLock(newId());
      fences.push(lock.fence);
      if (turn % 2 === 0) await releaseLock(lock);
    }
    expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
    expect(Math.abs((fences[0] ?? 0) / 1_000 - Date.now())).toBeLessThan(60_000);
  });

  it("grows on when Redis was emptied", async () => {
    const id = newId();
    const before = await acquireTestLock(id);
    await redis().flushdb();
    const after = await acquireTestLock(id);
    expect(after.fence).toBeGreaterThan(before.fence);
    expect(await releaseLock(before)).toBe(false);
  });

  it("does not go back with the server's clock", async () => {
    const ahead = (Date.now() + 3_600_000) * 1_000;
    await redis().send(["SET", keys.lockFence, String(ahead)]);
    expect((await acquireTestLock(newId())).fence).toBe(ahead + 1);
    expect((await acquireTestLock(newId())).fence).toBe(ahead + 2);
    // Emptied as well: this process still knows.
    await redis().flushdb();
    expect((await acquireTestLock(newId())).fence).toBe(ahead + 3);
    await redis().send(["SET", keys.lockFence, "what is this"]);
    expect((await acquireTestLock(newId())).fence).toBe(ahead + 4);
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
    await acquireTestLock(id, { ttlMs: 7_500 });
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

  it("signals at the next extension when the lock is somebody else's, and leaves theirs alone", async () => {
    const id = newId();
    let theirs: Lock | undefined;
    await withLock(
      "test",
      id,
      async (signal, mine) => {
        await expireTestLock(id);
        theirs = await acquireTestLock(id);
        expect(theirs.fence).toBeGreaterThan(mine?.fence ?? 0);
        await waitUntil("it knows", () => signal.aborted);
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
    await acquireTestLock(id);
    await expect(withLock("test", id, work, { withoutRedis: "work" })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("a lock whose answer was lost is given back", async () => {
    const id = newId();
    const send = redis().send.bind(redis());
    vi.spyOn(redis(), "send").mockImplementationOnce(async (command) => {
      await send(["SET", keys.lock("test", id), `${String(command[5])}:1`, "PX", "60000"]);
      throw new RedisUnavailableError("timeout");
    });
    await expect(acquireLock("test", id)).rejects.toThrow(RedisUnavailableError);
    await waitUntil("it is free", async () => (await redisService().exists(keys.lock("test", id))) === 0);
  });
});
