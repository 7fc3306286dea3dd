import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { newId } from "@/lib/core/ids";
import {
  acquireLock,
  extendLock,
  keys,
  type Lock,
  RedisUnavailableError,
  redis,
  redisService,
  releaseLock,
  withLock,
} from "@/lib/redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { expireTestLock } from "@/tests/support/factories/locks";
import { runs } from "@/tests/support/fuzz/runs";

afterEach(() => vi.restoreAllMocks());

describe("withLock", () => {
  it("with autoExtend keeps the lock as long as the work takes", async () => {
    const id = newId();
    await withLock(
      "test",
      id,
      async (signal) => {
        // Two extensions may fail or be late without losing the lock.
        await delay(2_000);
        expect(signal.aborted).toBe(false);
        expect((await acquireLock("test", id)).acquired).toBe(false);
      },
      { ttlMs: 1_500, autoExtend: true },
    );
    expect((await acquireLock("test", id)).acquired).toBe(true);
  });

  it("survives a Redis outage that is shorter than the lock's TTL", async () => {
    const id = newId();
    const send = redis().send.bind(redis());
    const aborted = await withLock(
      "test",
      id,
      async (signal) => {
        const down = vi.spyOn(redis(), "send").mockRejectedValue(new RedisUnavailableError("network"));
        await waitUntil("an extension has failed", () => down.mock.calls.length > 0);
        down.mockImplementation(send);
        await delay(2_500);
        return signal.aborted;
      },
      { ttlMs: 2_400, autoExtend: true },
    );
    expect(aborted).toBe(false);
  });
});

it("any order of steps agrees with a model: one holder, and growing fencing numbers (property)", async () => {
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
      for (const { do: what, client: clientIndex } of steps) {
        const lock = locks.get(clientIndex);
        if (what === "acquire") {
          const attempt = await acquireLock("test", id);
          expect(attempt.acquired).toBe(holder === null);
          if (attempt.acquired) {
            expect(attempt.lock.fence).toBeGreaterThan(last);
            last = attempt.lock.fence;
            locks.set(clientIndex, attempt.lock);
            holder = clientIndex;
          }
        } else if (what === "release" && lock) {
          expect(await releaseLock(lock)).toBe(holder === clientIndex);
          if (holder === clientIndex) holder = null;
        } else if (what === "extend" && lock) {
          expect((await extendLock(lock)) !== null).toBe(holder === clientIndex);
        } else if (what === "expire") {
          await expireTestLock(id);
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

it("of many concurrent callers at most one is inside (property)", async () => {
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
