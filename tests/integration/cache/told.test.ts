import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { keys, redis, resetRedisForTest } from "@/lib/redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createCacheManager, createManualLoader, newKey } from "@/tests/support/factories/cache-tools";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** Whom a process believes while Redis is away and when it is back, by the rows that wait in Postgres. */

const BEHIND_MS = 1_005;

const proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;

let nowMs = Date.now();
let restoreClock = () => {};
beforeAll(() => {
  // It stands still unless a test moves it.
  restoreClock = setClock({ now: () => nowMs });
});
afterEach(async () => {
  await redisIsBack();
  await waitForDeferredWork();
  await db().cacheInvalidation.deleteMany();
});
afterAll(async () => {
  restoreClock();
  await proxy.close();
});

async function redisIsBack(): Promise<void> {
  await proxy.set("pass");
  resetRedisForTest();
  const answers = () =>
    redis()
      .ping()
      .then(
        () => true,
        () => false,
      );
  await waitUntil("Redis answers", answers);
}

/** Another process invalidates, and could not tell Redis. */
const invalidatedElsewhere = (tag: string) =>
  db().cacheInvalidation.create({ data: { id: newKey(), members: [], tags: [tag] } });

describe("without Redis", () => {
  it("whoever asks while something is loaded waits for it, however long that takes", async () => {
    const manager = createCacheManager();
    const key = newKey();
    await proxy.set("refuse");
    const { load, finish } = createManualLoader({ n: 1 });
    const first = manager.getOrSet("things", key, load);
    await waitUntil("it loads", () => load.mock.calls.length === 1);
    nowMs += 5_000;
    const second = manager.getOrSet("things", key, load);
    // Who asks after it has its answer: whatever it does, it has done.
    for (let ask = 0; ask < 3; ask += 1) await manager.getOrSet("things", newKey(), async () => ({ n: 0 }));
    expect(load).toHaveBeenCalledTimes(1);
    finish();
    expect(await Promise.all([first, second])).toEqual([{ n: 1 }, { n: 1 }]);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("what is past its TTL is loaded anew by one", async () => {
    const manager = createCacheManager();
    const key = newKey();
    await manager.set("things", key, { n: 1 });
    await proxy.set("refuse");
    nowMs += 61_000;
    const { load, finish } = createManualLoader({ n: 2 });
    for (let ask = 0; ask < 3; ask += 1) {
      expect(await manager.getOrSet("things", key, load)).toEqual({ n: 1 });
    }
    finish();
    await waitForDeferredWork();
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("what was loaded anew, but before another process's invalidation, does not live on here", async () => {
    const [manager, other] = [createCacheManager(), createCacheManager()];
    const key = newKey();
    await manager.set("things", key, { n: 1 });
    nowMs += 50_000;
    const { load, finish } = createManualLoader({ n: 2 });
    expect(await manager.getOrSet("things", key, load)).toEqual({ n: 1 });
    await waitUntil("it is loaded anew", () => load.mock.calls.length === 1);
    await other.delete("things", key);
    finish();
    await waitForDeferredWork();
    await proxy.set("refuse");
    nowMs += 41_000;
    expect(await manager.getOrSet("things", key, async () => ({ n: 3 }))).toEqual({ n: 3 });
  });

  it("several keys at once are looked up in the rows too", async () => {
    const manager = createCacheManager();
    const [key, tag] = [newKey(), newKey()];
    await manager.set("things", key, { n: 1 }, { tags: [tag] });
    await proxy.set("refuse");
    await invalidatedElsewhere(tag);
    nowMs += BEHIND_MS;
    expect(await manager.getMany("things", [key])).toEqual(new Map());
  });

  it("a clock that is set back keeps nobody from looking at the rows", async () => {
    const manager = createCacheManager();
    const [key, tag] = [newKey(), newKey()];
    await proxy.set("refuse");
    await manager.set("things", key, { n: 1 }, { tags: [tag] });
    nowMs += BEHIND_MS;
    const load = async () => ({ n: 2 });
    expect(await manager.getOrSet("things", key, load)).toEqual({ n: 1 });
    nowMs -= 3_600_000;
    await invalidatedElsewhere(tag);
    expect(await manager.getOrSet("things", key, load)).toEqual({ n: 2 });
    nowMs += 3_600_000;
  });

  it.each(["delete", "invalidateTag", "withInvalidation"] as const)(
    "what is loaded after this process's own %s stays",
    async (how) => {
      const manager = createCacheManager();
      const [key, tag] = [newKey(), newKey()];
      await proxy.set("refuse");
      if (how === "delete") await manager.delete("things", key);
      else if (how === "invalidateTag") await manager.invalidateTag(tag);
      else await manager.withInvalidation([tag], async () => {});
      const load = vi.fn(async () => ({ n: 1 }));
      for (let look = 0; look < 3; look += 1) {
        await manager.getOrSet("things", key, load, { tags: [tag] });
        nowMs += BEHIND_MS;
      }
      expect(load).toHaveBeenCalledTimes(1);
    },
  );
});

describe("when Redis is back", () => {
  it("who could not tell it does so first, also when Postgres never heard of it; once", async () => {
    const [writer, other] = [createCacheManager(), createCacheManager()];
    const key = newKey();
    await writer.set("things", key, { n: 1 });
    await other.get("things", newKey());
    await proxy.set("refuse");
    await writer.delete("things", key);
    await db().cacheInvalidation.deleteMany();
    await redisIsBack();
    expect(await writer.get("things", key)).toBeUndefined();
    expect(await other.get("things", key)).toBeUndefined();
    await waitForDeferredWork();
    await writer.get("things", newKey());
    currentGateway().stats.reset();
    await writer.get("things", newKey());
    expect(currentGateway().stats.snapshot().httpRequests).toBe(1);
  });

  it("one row is told, and the entry is loaded as ever: the lease that came with the old answer is given back", async () => {
    const manager = createCacheManager();
    await invalidatedElsewhere(newKey());
    await redis().del(keys.cacheTrustLease);
    await manager.getOrSet("things", newKey(), async () => ({ n: 1 }));
    expect(manager.stats().total).toMatchObject({ error: 0, load: 1, wait: 0 });
    expect(await redis().exists(keys.cacheTrustLease)).toBe(1);
  });

  it("a look that took long does not say that Redis knows everything", async () => {
    const manager = createCacheManager();
    await redis().del(keys.cacheTrustLease);
    let asked: Promise<unknown> = Promise.resolve();
    await db().$transaction(async (tx) => {
      await tx.$executeRaw`LOCK TABLE "CacheInvalidation"`;
      currentGateway().stats.reset();
      asked = manager.get("things", newKey());
      await waitUntil("it has read Redis", () => currentGateway().stats.snapshot().httpRequests === 1);
      // Its answer is on the way, and after it the look begins.
      await redis().ping();
      nowMs += BEHIND_MS;
    });
    await asked;
    await waitForDeferredWork();
    expect(await redis().exists(keys.cacheTrustLease)).toBe(0);
    await manager.get("things", newKey());
    expect(await redis().exists(keys.cacheTrustLease)).toBe(1);
  });
});

it("a change whose commit failed may have been made: memory is not believed, nor is Redis before a look", async () => {
  const manager = createCacheManager();
  const [key, tag] = [newKey(), newKey()];
  await manager.set("things", key, { n: 1 }, { tags: [tag] });
  await manager.get("things", newKey());
  const failed = manager.withInvalidation([tag], async () => {
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  await invalidatedElsewhere(tag);
  expect(await manager.get("things", key)).toBeUndefined();
});

it("who read before an invalidation, and answers while it is told, leaves nothing behind", async () => {
  for (const how of ["delete", "set"] as const) {
    const manager = createCacheManager();
    const key = newKey();
    await createCacheManager().set("things", key, { n: 1 });
    await manager.get("things", newKey());
    // The read is sent after it began, and arrives before it.
    const work = how === "delete" ? manager.delete("things", key) : manager.set("things", key, { n: 2 });
    const reads = Array.from({ length: 5 }, () => manager.get("things", key));
    await Promise.all([work, ...reads]);
    expect(await manager.get("things", key)).toEqual(how === "delete" ? undefined : { n: 2 });
  }
});
