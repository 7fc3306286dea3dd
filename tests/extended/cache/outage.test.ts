import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { keys, redis, redisService, resetRedisForTest } from "@/lib/redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createCacheManager, newKey } from "@/tests/support/factories/cache-tools";
import { createManualLoader } from "@/tests/support/factories/manual-loader";
import { type FaultMode, startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** Redis down, hanging and recovering, with writers and readers in several processes (managers). */

/**
 * Also the time (ms) in which Postgres must report pending invalidations, which takes long on a busy machine. Only
 * first calls use all of it.
 */
const CALL_LIMIT_MS = 1_000;
const FIRST_CALL_LIMIT_MS = 1_300;
/** Longer than the breaker ever stays open. */
const MAX_OPEN_MS = 10_000;
const MAX_LAG_MS = 1_005;
/**
 * Probes in half a minute without Redis: after 1 s, 2 s and then every 3 s, plus a few because the clock also moves on
 * its own.
 */
const MAX_PROBES = 16;

const proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;
process.env.REDIS_TIMEOUT_MS = String(CALL_LIMIT_MS);
process.env.REDIS_FIRST_CALL_TIMEOUT_MS = String(FIRST_CALL_LIMIT_MS);

let aheadMs = 0;
let restoreClock = () => {};
beforeAll(() => {
  restoreClock = setClock({ now: () => Date.now() + aheadMs });
});
afterEach(async () => {
  resetRedisForTest();
  await restoreRedis();
  await waitForDeferredWork();
  await db().cacheInvalidation.deleteMany();
});
afterAll(async () => {
  restoreClock();
  await proxy.close();
});

/** Restores Redis and calls it until the cut connections have been replaced. */
async function restoreRedis(): Promise<void> {
  await proxy.set("pass");
  aheadMs += MAX_OPEN_MS;
  await waitUntil("Redis responds", () =>
    redis()
      .ping()
      .then(
        () => true,
        () => {
          aheadMs += MAX_OPEN_MS;
          return false;
        },
      ),
  );
}

/** Whether the engine has the entry, queried past the proxy. */
async function isStored(member: string): Promise<boolean> {
  const response = await fetch(
    `${currentGateway().url}/exists/${encodeURIComponent(keys.cacheEntry(member))}`,
    {
      headers: { authorization: "Bearer test" },
    },
  );
  const { result } = (await response.json()) as { result: number };
  return result === 1;
}

/** Rows of the invalidation log for this key or tag. */
async function pendingRows(key: string, tag: string): Promise<number> {
  return db().cacheInvalidation.count({
    where: { OR: [{ members: { has: `things:${key}` } }, { tags: { has: tag } }] },
  });
}

async function openBreaker(): Promise<void> {
  await waitUntil("the breaker is open", async () => {
    const before = unansweredCalls();
    await createCacheManager().get("things", newKey());
    return unansweredCalls() === before;
  });
}

/** Number of this process' calls that Redis did not answer. */
function unansweredCalls(): number {
  return Object.values(redisService().metrics()).reduce((sum, { unavailable }) => sum + unavailable, 0);
}

describe.each<FaultMode>(["refuse", "hang", "swallow"])("with Redis down (%s)", (mode) => {
  it("calls succeed within the time limit, then without delay; a hot key loads once", async () => {
    const manager = createCacheManager();
    await manager.set("things", newKey(), { n: 0 });
    await proxy.set(mode);
    const key = newKey();
    const load = vi.fn(async () => ({ n: 1 }));
    for (let call = 0; call < 5; call += 1) {
      const startedAt = performance.now();
      expect(await manager.getOrSet("things", newKey(), load)).toEqual({ n: 1 });
      expect(performance.now() - startedAt).toBeLessThan(FIRST_CALL_LIMIT_MS + 1_000);
    }
    expect(await manager.get("things", newKey())).toBeUndefined();
    expect(await manager.getMany("things", [newKey(), newKey()])).toEqual(new Map());
    await manager.set("numbers", key, 5);
    expect(await manager.get("numbers", key)).toBe(5);
    await manager.invalidateTag(newKey());
    await manager.delete("numbers", key);
    expect(await manager.get("numbers", key)).toBeUndefined();
    await openBreaker();

    load.mockClear();
    // Half a minute of reads: memory is trusted for a second only, the TTL is a minute.
    const sentBefore = unansweredCalls();
    for (let call = 0; call < 100; call += 1) {
      aheadMs += 300;
      await manager.getOrSet("things", key, load);
    }
    // Calls that are not sent cost no time; probes follow after one second at first, then three.
    expect(unansweredCalls() - sentBefore).toBeLessThanOrEqual(MAX_PROBES);
    expect(load).toHaveBeenCalledTimes(1);
    aheadMs += 31_000;
    expect(await manager.getOrSet("things", key, load)).toEqual({ n: 1 });
    await waitForDeferredWork();
    await manager.getOrSet("things", key, load);
    expect(load).toHaveBeenCalledTimes(2);
    // A value past its stale window is never served.
    aheadMs += 91_000;
    expect(await manager.get("things", key)).toBeUndefined();
  });

  it.each(["delete", "invalidateTag", "withInvalidation", "set"] as const)(
    "%s is not lost: when Redis is back no process gets the old entry",
    async (how) => {
      const [writer, witness, unaware] = [createCacheManager(), createCacheManager(), createCacheManager()];
      const [key, tag] = [newKey(), newKey()];
      await writer.set("things", key, { n: 1 }, { tags: [tag] });
      const load = async () => ({ n: 2 });
      expect(await witness.getOrSet("things", key, load)).toEqual({ n: 1 });
      expect(await unaware.getOrSet("things", key, load)).toEqual({ n: 1 });

      await proxy.set(mode === "swallow" ? "hang" : mode);
      if (how === "delete") await writer.delete("things", key);
      else if (how === "set") await writer.set("things", key, { n: 2 });
      else if (how === "invalidateTag") await writer.invalidateTag(tag);
      else await writer.withInvalidation([tag], async () => {});
      expect(await pendingRows(key, tag)).toBe(1);
      expect(await isStored(`things:${key}`)).toBe(true);
      expect(await writer.getOrSet("things", key, load)).toEqual({ n: 2 });
      // Without Redis, too, other processes lag by a second at most.
      aheadMs += MAX_LAG_MS;
      expect(await witness.getOrSet("things", key, load)).toEqual({ n: 2 });

      await restoreRedis();
      // The writer and a process that noticed the outage check the invalidation log before they trust Redis.
      expect(await witness.getOrSet("things", key, load)).toEqual({ n: 2 });
      expect(await writer.getOrSet("things", key, load)).toEqual({ n: 2 });
      expect(await unaware.getOrSet("things", key, load)).toEqual({ n: 2 });
      await waitForDeferredWork();
      expect(await pendingRows(key, tag)).toBe(0);
    },
  );
});

describe("an outage that only the writer noticed", () => {
  it("is replayed by the next reader once the trust lease of ten seconds has ended", async () => {
    const [writer, unaware] = [createCacheManager(), createCacheManager()];
    const [key, tag] = [newKey(), newKey()];
    await unaware.set("things", key, { n: 1 }, { tags: [tag] });
    const load = async () => ({ n: 2 });
    await unaware.getOrSet("things", newKey(), load);
    expect(await redis().exists(keys.cacheTrustLease)).toBe(1);
    await proxy.set("refuse");
    await writer.withInvalidation([tag], async () => {});
    await restoreRedis();
    // The limit of the contract: this process cannot know of the outage yet.
    aheadMs += MAX_LAG_MS;
    expect(await unaware.getOrSet("things", key, load)).toEqual({ n: 1 });
    expect(await redis().ttl(keys.cacheTrustLease)).toBeLessThanOrEqual(10);
    await redis().del(keys.cacheTrustLease);
    aheadMs += MAX_LAG_MS;
    expect(await unaware.getOrSet("things", key, load)).toEqual({ n: 2 });
    expect(await redis().exists(keys.cacheTrustLease)).toBe(1);
  });

  it("replays any number of pending invalidations in one call, before any entry is trusted", async () => {
    const unaware = createCacheManager();
    const tags = Array.from({ length: 300 }, newKey);
    for (const [n, tag] of tags.slice(0, 20).entries())
      await unaware.set("things", tag, { n }, { tags: [tag] });
    await db().cacheInvalidation.createMany({
      data: tags.map((tag) => ({ id: newKey(), members: [], tags: [tag, tags[0] ?? ""] })),
    });
    await redis().del(keys.cacheTrustLease);
    aheadMs += MAX_LAG_MS;
    currentGateway().stats.reset();
    expect(await unaware.getMany("things", tags.slice(0, 20))).toEqual(new Map());
    // Read, replay, set the trust lease, read again; one more call if Redis does not know the script.
    expect(currentGateway().stats.snapshot().httpRequests).toBeLessThanOrEqual(5);
    await waitForDeferredWork();
    expect(await pendingRows("", tags[0] ?? "")).toBe(0);
  });

  it("is replayed immediately by the writer when it reads again", async () => {
    const writer = createCacheManager();
    const [key, tag] = [newKey(), newKey()];
    await writer.set("things", key, { n: 1 }, { tags: [tag] });
    await proxy.set("refuse");
    await writer.withInvalidation([tag], async () => {});
    await restoreRedis();
    expect(await writer.getOrSet("things", key, async () => ({ n: 2 }))).toEqual({ n: 2 });
  });
});

it("without Redis a loader's error reaches its callers unchanged", async () => {
  const manager = createCacheManager();
  await proxy.set("refuse");
  const failure = new Error("Postgres is down");
  for (let call = 0; call < 5; call += 1) {
    const load = () => Promise.reject<{ n: number }>(failure);
    await expect(manager.getOrSet("things", newKey(), load)).rejects.toBe(failure);
  }
});

it("without Redis a pending invalidation is applied once, not at every check", async () => {
  const manager = createCacheManager();
  const [key, tag] = [newKey(), newKey()];
  await manager.set("things", key, { n: 1 }, { tags: [tag] });
  await proxy.set("refuse");
  await openBreaker();
  await db().cacheInvalidation.create({ data: { id: newKey(), members: [], tags: [tag] } });
  const load = vi.fn(async () => ({ n: 2 }));
  for (let check = 0; check < 4; check += 1) {
    aheadMs += MAX_LAG_MS;
    expect(await manager.getOrSet("things", key, load, { tags: [tag] })).toEqual({ n: 2 });
  }
  expect(load).toHaveBeenCalledTimes(1);
});

it("without Redis a loader that read before an invalidation does not leave its value in memory", async () => {
  const manager = createCacheManager();
  const [key, tag] = [newKey(), newKey()];
  await proxy.set("refuse");
  await openBreaker();
  const { load, finish } = createManualLoader({ n: 1 });
  const old = manager.getOrSet("things", key, load, { tags: [tag] });
  await waitUntil("the loader runs", () => load.mock.calls.length === 1);
  await manager.invalidateTag(tag);
  finish();
  expect(await old).toEqual({ n: 1 });
  expect(await manager.getOrSet("things", key, async () => ({ n: 2 }))).toEqual({ n: 2 });
});

it("a value loaded while Redis goes down is as old as the start of its load", async () => {
  const manager = createCacheManager();
  const [key, tag] = [newKey(), newKey()];
  await manager.get("things", newKey());
  const load = async () => {
    await proxy.set("refuse");
    // Another process changes what was just read, and cannot reach Redis either.
    await db().cacheInvalidation.create({ data: { id: newKey(), members: [], tags: [tag] } });
    aheadMs += 2_000;
    return { n: 1 };
  };
  expect(await manager.getOrSet("things", key, load, { tags: [tag] })).toEqual({ n: 1 });
  const fresh = async () => ({ n: 2 });
  expect(await manager.getOrSet("things", key, fresh, { tags: [tag] })).toEqual({ n: 2 });
});

it("a reader that must replay first releases the lease that it got with the old response", async () => {
  const manager = createCacheManager();
  const [key, tag] = [newKey(), newKey()];
  await db().cacheInvalidation.create({ data: { id: newKey(), members: [], tags: [tag] } });
  await redis().del(keys.cacheTrustLease);
  expect(await manager.getOrSet("things", key, async () => ({ n: 1 }), { tags: [tag] })).toEqual({ n: 1 });
  // Otherwise it would have waited for itself.
  expect(manager.stats().total).toMatchObject({ wait: 0, load: 1 });
});

it("the cache bypasses a Redis that responds with errors", async () => {
  const manager = createCacheManager();
  const key = newKey();
  await redis().sadd(keys.cacheEntry(`things:${key}`), "not a string");
  await redis().set(keys.cacheTag("wrong"), "not a sorted set");
  const load = vi.fn(async () => ({ n: 1 }));
  expect(await manager.getOrSet("things", key, load, { tags: ["wrong"] })).toEqual({ n: 1 });
  expect(await manager.getOrSet("things", key, load, { tags: ["wrong"] })).toEqual({ n: 1 });
  await manager.invalidateTag("wrong");
  expect(await manager.getOrSet("numbers", key, async () => 3, { tags: ["wrong"] })).toBe(3);
  expect(manager.stats().total.error).toBeGreaterThan(0);
});

it("a rolled-back change invalidates nothing in other processes and leaves no row", async () => {
  const manager = createCacheManager();
  const [key, tag] = [newKey(), newKey()];
  await manager.set("things", key, { n: 1 }, { tags: [tag] });
  const failed = manager.withInvalidation([tag], async () => {
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  expect(await pendingRows(key, tag)).toBe(0);
  expect(await manager.get("things", key)).toEqual({ n: 1 });
});
