import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import * as store from "@/lib/cache/store";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { keys, redis, resetRedisForTest } from "@/lib/redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createCacheManager, newKey } from "@/tests/support/factories/cache-tools";
import { createManualLoader } from "@/tests/support/factories/manual-loader";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/**
 * When a process trusts its memory and Redis during and after an outage of Redis, by the invalidation log in Postgres.
 */

const MAX_LAG_MS = 1_005;

const proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;

let nowMs = Date.now();
let restoreClock = () => {};
beforeAll(() => {
  // Frozen unless a test moves it.
  restoreClock = setClock({ now: () => nowMs });
});
afterEach(async () => {
  await restoreRedis();
  await waitForDeferredWork();
  await db().cacheInvalidation.deleteMany();
});
afterAll(async () => {
  restoreClock();
  await proxy.close();
});

async function restoreRedis(): Promise<void> {
  await proxy.set("pass");
  resetRedisForTest();
  const responds = () =>
    redis()
      .ping()
      .then(
        () => true,
        () => false,
      );
  await waitUntil("Redis responds", responds);
}

/** Simulates an invalidation by another process that could not reach Redis. */
const logInvalidation = (tag: string) =>
  db().cacheInvalidation.create({ data: { id: newKey(), members: [], tags: [tag] } });

describe("without Redis", () => {
  it("a reader waits for a load in progress, however long it takes", async () => {
    const manager = createCacheManager();
    const key = newKey();
    await proxy.set("refuse");
    const { load, finish } = createManualLoader({ n: 1 });
    const first = manager.getOrSet("things", key, load);
    await waitUntil("the loader runs", () => load.mock.calls.length === 1);
    nowMs += 5_000;
    const second = manager.getOrSet("things", key, load);
    // These later reads have finished, so the second one has done whatever it does.
    for (let read = 0; read < 3; read += 1)
      await manager.getOrSet("things", newKey(), async () => ({ n: 0 }));
    expect(load).toHaveBeenCalledTimes(1);
    finish();
    expect(await Promise.all([first, second])).toEqual([{ n: 1 }, { n: 1 }]);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("an entry past its TTL is reloaded by one reader", async () => {
    const manager = createCacheManager();
    const key = newKey();
    await manager.set("things", key, { n: 1 });
    await proxy.set("refuse");
    nowMs += 61_000;
    const { load, finish } = createManualLoader({ n: 2 });
    for (let read = 0; read < 3; read += 1) {
      expect(await manager.getOrSet("things", key, load)).toEqual({ n: 1 });
    }
    finish();
    await waitForDeferredWork();
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("a value reloaded before another process' invalidation is not kept", async () => {
    const [manager, other] = [createCacheManager(), createCacheManager()];
    const key = newKey();
    await manager.set("things", key, { n: 1 });
    nowMs += 50_000;
    const { load, finish } = createManualLoader({ n: 2 });
    expect(await manager.getOrSet("things", key, load)).toEqual({ n: 1 });
    await waitUntil("the reload runs", () => load.mock.calls.length === 1);
    await other.delete("things", key);
    finish();
    await waitForDeferredWork();
    await proxy.set("refuse");
    nowMs += 41_000;
    expect(await manager.getOrSet("things", key, async () => ({ n: 3 }))).toEqual({ n: 3 });
  });

  it("getMany checks the invalidation log too", async () => {
    const manager = createCacheManager();
    const [key, tag] = [newKey(), newKey()];
    await manager.set("things", key, { n: 1 }, { tags: [tag] });
    await proxy.set("refuse");
    await logInvalidation(tag);
    nowMs += MAX_LAG_MS;
    expect(await manager.getMany("things", [key])).toEqual(new Map());
  });

  it("a clock set back does not stop checks of the invalidation log", async () => {
    const manager = createCacheManager();
    const [key, tag] = [newKey(), newKey()];
    await proxy.set("refuse");
    await manager.set("things", key, { n: 1 }, { tags: [tag] });
    nowMs += MAX_LAG_MS;
    const load = async () => ({ n: 2 });
    expect(await manager.getOrSet("things", key, load)).toEqual({ n: 1 });
    nowMs -= 3_600_000;
    await logInvalidation(tag);
    expect(await manager.getOrSet("things", key, load)).toEqual({ n: 2 });
    nowMs += 3_600_000;
  });

  it.each(["delete", "invalidateTag", "withInvalidation"] as const)(
    "a value loaded after this process' own %s is kept",
    async (how) => {
      const manager = createCacheManager();
      const [key, tag] = [newKey(), newKey()];
      await proxy.set("refuse");
      if (how === "delete") await manager.delete("things", key);
      else if (how === "invalidateTag") await manager.invalidateTag(tag);
      else await manager.withInvalidation([tag], async () => {});
      const load = vi.fn(async () => ({ n: 1 }));
      for (let check = 0; check < 3; check += 1) {
        await manager.getOrSet("things", key, load, { tags: [tag] });
        nowMs += MAX_LAG_MS;
      }
      expect(load).toHaveBeenCalledTimes(1);
    },
  );
});

describe("after an outage of Redis", () => {
  it("a writer first replays its own invalidations, also without the log in Postgres, and once", async () => {
    const [writer, other] = [createCacheManager(), createCacheManager()];
    const key = newKey();
    await writer.set("things", key, { n: 1 });
    await other.get("things", newKey());
    await proxy.set("refuse");
    await writer.delete("things", key);
    await db().cacheInvalidation.deleteMany();
    await restoreRedis();
    expect(await writer.get("things", key)).toBeUndefined();
    expect(await other.get("things", key)).toBeUndefined();
    await waitForDeferredWork();
    await writer.get("things", newKey());
    currentGateway().stats.reset();
    await writer.get("things", newKey());
    expect(currentGateway().stats.snapshot().httpRequests).toBe(1);
  });

  it("one row is replayed, and the entry is loaded as usual: the lease from the old response is released", async () => {
    const manager = createCacheManager();
    await logInvalidation(newKey());
    await redis().del(keys.cacheTrustLease);
    await manager.getOrSet("things", newKey(), async () => ({ n: 1 }));
    expect(manager.stats().total).toMatchObject({ error: 0, load: 1, wait: 0 });
    expect(await redis().exists(keys.cacheTrustLease)).toBe(1);
  });

  it("a slow check of the log does not set the trust lease", async () => {
    const manager = createCacheManager();
    await redis().del(keys.cacheTrustLease);
    let pendingRead: Promise<unknown> = Promise.resolve();
    await db().$transaction(async (tx) => {
      await tx.$executeRaw`LOCK TABLE "CacheInvalidation"`;
      currentGateway().stats.reset();
      pendingRead = manager.get("things", newKey());
      await waitUntil(
        "the read has queried Redis",
        () => currentGateway().stats.snapshot().httpRequests === 1,
      );
      // The response is in flight, and the check starts after it.
      await redis().ping();
      nowMs += MAX_LAG_MS;
    });
    await pendingRead;
    await waitForDeferredWork();
    expect(await redis().exists(keys.cacheTrustLease)).toBe(0);
    await manager.get("things", newKey());
    expect(await redis().exists(keys.cacheTrustLease)).toBe(1);
  });
});

it("after a failed commit, whose outcome is unknown, memory is not trusted, and Redis only after a check", async () => {
  const manager = createCacheManager();
  const [key, tag] = [newKey(), newKey()];
  await manager.set("things", key, { n: 1 }, { tags: [tag] });
  await manager.get("things", newKey());
  const failed = manager.withInvalidation([tag], async () => {
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  await logInvalidation(tag);
  expect(await manager.get("things", key)).toBeUndefined();
});

it("a read that overlaps an invalidation leaves nothing in memory", async () => {
  for (const how of ["delete", "set"] as const) {
    const manager = createCacheManager();
    const key = newKey();
    await createCacheManager().set("things", key, { n: 1 });
    await manager.get("things", newKey());
    // The read is sent after the invalidation started, and arrives before it.
    const work = how === "delete" ? manager.delete("things", key) : manager.set("things", key, { n: 2 });
    const reads = Array.from({ length: 5 }, () => manager.get("things", key));
    await Promise.all([work, ...reads]);
    expect(await manager.get("things", key)).toEqual(how === "delete" ? undefined : { n: 2 });
  }
});

it("invalidates a thousand tags with many members in requests that Upstash accepts", async () => {
  const tags = Array.from({ length: 1_100 }, () => newKey());
  const members = Array.from({ length: 600 }, () => newKey());
  const all = redis().pipeline();
  for (const member of members) all.set(keys.cacheEntry(member), "1");
  for (const [index, tag] of tags.entries())
    all.zadd(keys.cacheTag(tag), { score: Date.now() + 60_000, member: members[index % 600] ?? "" });
  await all.exec();
  await store.invalidate({ members: members.slice(0, 10), tags });
  expect(await redis().exists(...members.map(keys.cacheEntry))).toBe(0);
  expect(await redis().exists(...tags.map(keys.cacheTag))).toBe(0);
});
