import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { z } from "zod";
import { acquireLock, keys, type Lock, redis, redisService, releaseLock, withLock } from "@/lib/redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { runs } from "@/tests/support/fuzz/runs";
import { startChild, waitForMessage } from "@/tests/support/processes/children";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const PROCESSES = 4;
const TURNS = 60;

async function acquired(id: string, options = {}): Promise<Lock> {
  const attempt = await acquireLock("test", id, options);
  if (!attempt.acquired) throw new Error("the lock is taken");
  return attempt.lock;
}

it("one process at a time has the lock, and each acquisition gets a larger fencing number", async () => {
  const id = randomUUID();
  const children = Array.from({ length: PROCESSES }, () =>
    startChild("lock-process.ts", ["turns", id, String(TURNS)]),
  );
  expect(await Promise.all(children.map(({ ended }) => ended))).toEqual(Array(PROCESSES).fill(0));

  expect(await redisService().exists(`${id}:overlaps`)).toBe(0);
  const fences = await redisService().lrange(`${id}:fences`, 0, -1, z.number());
  expect(fences).toHaveLength(PROCESSES * TURNS);
  expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
});

it("a killed holder blocks the lock for its TTL and no longer", async () => {
  const id = randomUUID();
  const child = startChild("lock-process.ts", ["hold", id, "1500"]);
  await waitForMessage(child);
  child.process.kill("SIGKILL");
  await child.ended;
  expect((await acquireLock("test", id)).acquired).toBe(false);
  expect((await acquireLock("test", id, { waitMs: 10_000 })).acquired).toBe(true);
});

it("a holder paused for longer than its TTL can neither release nor extend the next holder's lock", async () => {
  const id = randomUUID();
  const child = startChild("lock-process.ts", ["hold", id, "300"]);
  await waitForMessage(child);
  child.process.kill("SIGSTOP");
  const next = await acquired(id, { waitMs: 10_000 });
  const lost = waitForMessage(child);
  child.process.kill("SIGCONT");
  await lost;
  expect(await redisService().get(keys.lock("test", id), z.string())).toBe(`${next.token}:${next.fence}`);
  child.process.kill("SIGKILL");
  await child.ended;
});

it("a store that checks fencing numbers rejects a write of a holder that lost the lock unnoticed", async () => {
  const id = randomUUID();
  let highest = 0;
  const written: string[] = [];
  const write = (fence: number, what: string) => {
    if (fence < highest) return false;
    highest = fence;
    written.push(what);
    return true;
  };
  await withLock(
    "test",
    id,
    async (signal, slow) => {
      await waitUntil("the lock's TTL has ended", () => signal.aborted);
      const next = await acquired(id, { waitMs: 5_000 });
      expect(write(next.fence, "next")).toBe(true);
      expect(write(slow?.fence ?? 0, "slow")).toBe(false);
      await releaseLock(next);
    },
    { ttlMs: 200 },
  );
  expect(written).toEqual(["next"]);
});

it("fencing numbers only grow when Redis is flushed repeatedly while processes work", async () => {
  const id = randomUUID();
  const fences: number[] = [];
  const children = Array.from({ length: 2 }, () =>
    startChild("lock-process.ts", ["tolerant", `${id}b`, "1000"]),
  );
  await Promise.all(children.map((child) => waitForMessage(child)));
  for (let round = 0; round < runs(100); round += 1) {
    fences.push((await acquired(id)).fence);
    await redis().flushall();
    fences.push((await acquired(id)).fence);
    await redis().flushall();
  }
  for (const child of children) child.process.kill("SIGKILL");
  await Promise.all(children.map(({ ended }) => ended));
  expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
});
