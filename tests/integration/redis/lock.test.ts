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
  it("belongs to its holder until it is released; others get the remaining time", async () => {
    const id = newId();
    const lock = await acquireTestLock(id);
    expect(lock).toMatchObject({ resource: "test", id, ttlMs: ttlSeconds.lock * 1_000 });
    const other = await acquireLock("test", id);
    if (other.acquired) throw new Error("both acquired the lock");
    expect(other.retryAfterMs).toBeGreaterThan(9_000);
    expect(other.retryAfterMs).toBeLessThanOrEqual(10_000);
    expect((await acquireLock("test", newId())).acquired).toBe(true);
    expect((await acquireLock("other", id)).acquired).toBe(true);

    expect(await releaseLock(lock)).toBe(true);
    expect(await releaseLock(lock)).toBe(false);
    expect((await acquireLock("test", id)).acquired).toBe(true);
  });

  it("cannot be released or extended by others", async () => {
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

  it("expires, and an extension counts from now", async () => {
    const id = newId();
    const lock = await acquireTestLock(id, { ttlMs: 60 });
    await waitUntil(
      "the lock has expired",
      async () => (await redisService().exists(keys.lock("test", id))) === 0,
    );
    expect(await extendLock(lock)).toBeNull();
    const next = await acquireTestLock(id, { ttlMs: 20_000 });
    const extended = await extendLock(next, 60_000);
    expect(extended?.expiresAt).toBeGreaterThan(next.expiresAt + 35_000);
    const other = await acquireLock("test", id);
    expect(other).toMatchObject({ acquired: false });
    if (!other.acquired) expect(other.retryAfterMs).toBeGreaterThan(20_000);
  });

  it("waits for its turn, up to the time limit", async () => {
    const id = newId();
    const lock = await acquireTestLock(id, { ttlMs: 20_000 });
    const startedAt = performance.now();
    expect((await acquireLock("test", id, { waitMs: 120 })).acquired).toBe(false);
    expect(performance.now() - startedAt).toBeGreaterThan(100);
    // Released while the other call waits, long before it would expire.
    setTimeout(() => void releaseLock(lock), 100);
    expect((await acquireLock("test", id, { waitMs: 60_000 })).acquired).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(lock.ttlMs);

    // A waiting call also gets the lock of a holder that died.
    const short = newId();
    await acquireTestLock(short, { ttlMs: 200 });
    expect((await acquireLock("test", short, { waitMs: 10_000 })).acquired).toBe(true);
  });

  it("rejects invalid arguments", async () => {
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
  it("is the server's clock in microseconds, and grows from lock to lock, across resources", async () => {
    const fences: number[] = [];
    for (let turn = 0; turn < 50; turn += 1) {
      const lock = await acquireTestLock(newId());
      fences.push(lock.fence);
      if (turn % 2 === 0) await releaseLock(lock);
    }
    expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
    expect(Math.abs((fences[0] ?? 0) / 1_000 - Date.now())).toBeLessThan(60_000);
  });

  it("keeps growing after a flush of Redis", async () => {
    const id = newId();
    const before = await acquireTestLock(id);
    await redis().flushdb();
    const after = await acquireTestLock(id);
    expect(after.fence).toBeGreaterThan(before.fence);
    expect(await releaseLock(before)).toBe(false);
  });

  it("does not decrease with the server's clock", async () => {
    const ahead = (Date.now() + 3_600_000) * 1_000;
    await redis().send(["SET", keys.lockFence, String(ahead)]);
    expect((await acquireTestLock(newId())).fence).toBe(ahead + 1);
    expect((await acquireTestLock(newId())).fence).toBe(ahead + 2);
    // Flushed as well: this process remembers it.
    await redis().flushdb();
    expect((await acquireTestLock(newId())).fence).toBe(ahead + 3);
    await redis().send(["SET", keys.lockFence, "what is this"]);
    expect((await acquireTestLock(newId())).fence).toBe(ahead + 4);
  });
});

describe("withLock", () => {
  it("returns the work's result, and releases the lock however it ends", async () => {
    const id = newId();
    const result = await withLock("test", id, async (signal, lock) => {
      expect(signal.aborted).toBe(false);
      expect((await acquireLock("test", id)).acquired).toBe(false);
      return lock?.fence;
    });
    expect(result).toBeGreaterThan(0);
    await expect(
      withLock("test", id, async () => {
        throw new Error("the work's error");
      }),
    ).rejects.toThrow("the work's error");
    expect((await acquireLock("test", id)).acquired).toBe(true);
  });

  it("rejects with a conflict and Retry-After when the lock is taken", async () => {
    const id = newId();
    await acquireTestLock(id, { ttlMs: 7_500 });
    const work = vi.fn();
    const failure: unknown = await withLock("test", id, work).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({ code: "conflict", messageKey: "locked", retryAfterSeconds: 8 });
    expect(work).not.toHaveBeenCalled();
  });

  it("aborts when its TTL ends, not before; the work's result is returned", async () => {
    const startedAt = performance.now();
    const reason = await withLock(
      "test",
      newId(),
      (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason))),
      { ttlMs: 150 },
    );
    expect(reason).toBeInstanceOf(LockLostError);
    expect(performance.now() - startedAt).toBeGreaterThan(100);
    // By the given TTL, not by the default one.
    expect(performance.now() - startedAt).toBeLessThan(ttlSeconds.lock * 1_000);
  });

  it("aborts at the next extension when another holder has the lock, which it leaves alone", async () => {
    const id = newId();
    let otherLock: Lock | undefined;
    await withLock(
      "test",
      id,
      async (signal, mine) => {
        await expireTestLock(id);
        otherLock = await acquireTestLock(id);
        expect(otherLock.fence).toBeGreaterThan(mine?.fence ?? 0);
        await waitUntil("the loss is noticed", () => signal.aborted);
        expect(signal.reason).toBeInstanceOf(LockLostError);
      },
      { ttlMs: 600, autoExtend: true },
    );
    expect(otherLock && (await releaseLock(otherLock))).toBe(true);
  });

  it("without Redis fails, or on request runs the work without a lock", async () => {
    const down = vi.spyOn(redis(), "send").mockRejectedValue(new RedisUnavailableError("network"));
    const work = vi.fn(async (_: AbortSignal, lock: Lock | null) => lock);
    await expect(acquireLock("test", newId())).rejects.toThrow(RedisUnavailableError);
    await expect(withLock("test", newId(), work)).rejects.toMatchObject({ code: "unavailable" });
    expect(work).not.toHaveBeenCalled();
    expect(await withLock("test", newId(), work, { withoutRedis: "work" })).toBeNull();
    down.mockRestore();

    // A lock that is taken is not an outage.
    const id = newId();
    await acquireTestLock(id);
    await expect(withLock("test", id, work, { withoutRedis: "work" })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("releases a lock whose response was lost", async () => {
    const id = newId();
    const send = redis().send.bind(redis());
    vi.spyOn(redis(), "send").mockImplementationOnce(async (command) => {
      await send(["SET", keys.lock("test", id), `${String(command[5])}:1`, "PX", "60000"]);
      throw new RedisUnavailableError("timeout");
    });
    await expect(acquireLock("test", id)).rejects.toThrow(RedisUnavailableError);
    await waitUntil(
      "the lock is free",
      async () => (await redisService().exists(keys.lock("test", id))) === 0,
    );
  });
});
