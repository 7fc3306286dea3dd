import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { keys, redis, redisService, resetRedisForTest } from "@/lib/redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createCacheManager, createManualLoader, newKey } from "@/tests/support/factories/cache-tools";
import { type FaultMode, startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** Redis away, deaf and coming back, with writers and readers in several processes (managers). */

/** Also how long Postgres may take to say which rows wait: on a busy machine not soon. Only first calls take it all. */
const CALL_LIMIT_MS = 1_000;
const FIRST_CALL_LIMIT_MS = 1_300;
/** Longer than the breaker ever stays open. */
const LONGEST_OPEN_MS = 10_000;
const BEHIND_MS = 1_005;
/** In half a minute without Redis: after 1 s, 2 s and then every 3 s, and a few for a clock that moves by itself. */
const MOST_PROBES = 16;

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
  await redisIsBack();
  await waitForDeferredWork();
  await db().cacheInvalidation.deleteMany();
});
afterAll(async () => {
  restoreClock();
  await proxy.close();
});

/** Connections that were cut are found out, as they soon are by anybody's calls. */
async function redisIsBack(): Promise<void> {
  await proxy.set("pass");
  aheadMs += LONGEST_OPEN_MS;
  await waitUntil("Redis answers", () =>
    redis()
      .ping()
      .then(
        () => true,
        () => {
          aheadMs += LONGEST_OPEN_MS;
          return false;
        },
      ),
  );
}

/** What the engine holds, asked behind the fault. */
async function stored(member: string): Promise<boolean> {
  const response = await fetch(
    `${currentGateway().url}/exists/${encodeURIComponent(keys.cacheEntry(member))}`,
    {
      headers: { authorization: "Bearer test" },
    },
  );
  const { result } = (await response.json()) as { result: number };
  return result === 1;
}

/** Rows in Postgres that say that one of these is to be forgotten. */
async function waiting(key: string, tag: string): Promise<number> {
  return db().cacheInvalidation.count({
    where: { OR: [{ members: { has: `things:${key}` } }, { tags: { has: tag } }] },
  });
}

async function openBreaker(): Promise<void> {
  await waitUntil("the breaker is open", async () => {
    const before = sent();
    await createCacheManager().get("things", newKey());
    return sent() === before;
  });
}

/** How many calls this process has sent that Redis did not answer. */
function sent(): number {
  return Object.values(redisService().metrics()).reduce((sum, { unavailable }) => sum + unavailable, 0);
}

describe.each<FaultMode>(["refuse", "hang", "swallow"])("with Redis away (%s)", (mode) => {
  it("nothing fails or waits longer than the limit, and then hardly at all; a hot key loads once", async () => {
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
    // Half a minute of asking, and memory is trusted for a second only; the TTL is a minute.
    const sentBefore = sent();
    for (let call = 0; call < 100; call += 1) {
      aheadMs += 300;
      await manager.getOrSet("things", key, load);
    }
    // Nobody waits for what is not sent; of the probes one follows another after a second at first, then three.
    expect(sent() - sentBefore).toBeLessThanOrEqual(MOST_PROBES);
    expect(load).toHaveBeenCalledTimes(1);
    aheadMs += 31_000;
    expect(await manager.getOrSet("things", key, load)).toEqual({ n: 1 });
    await waitForDeferredWork();
    await manager.getOrSet("things", key, load);
    expect(load).toHaveBeenCalledTimes(2);
    // Past its stale window it is not served, whoever is away.
    aheadMs += 91_000;
    expect(await manager.get("things", key)).toBeUndefined();
  });

  it.each(["delete", "invalidateTag", "withInvalidation", "set"] as const)(
    "%s is not lost: when Redis is back its old entry is served to nobody",
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
      expect(await waiting(key, tag)).toBe(1);
      expect(await stored(`things:${key}`)).toBe(true);
      expect(await writer.getOrSet("things", key, load)).toEqual({ n: 2 });
      // Without Redis too others are behind by a second at most.
      aheadMs += BEHIND_MS;
      expect(await witness.getOrSet("things", key, load)).toEqual({ n: 2 });

      await redisIsBack();
      // One that has seen the outage, and the writer, look before they believe.
      expect(await witness.getOrSet("things", key, load)).toEqual({ n: 2 });
      expect(await writer.getOrSet("things", key, load)).toEqual({ n: 2 });
      expect(await unaware.getOrSet("things", key, load)).toEqual({ n: 2 });
      await waitForDeferredWork();
      expect(await waiting(key, tag)).toBe(0);
    },
  );
});

describe("an outage that only the writer saw", () => {
  it("is made good by whoever looks next, within the ten seconds that `told` lives", async () => {
    const [writer, unaware] = [createCacheManager(), createCacheManager()];
    const [key, tag] = [newKey(), newKey()];
    await unaware.set("things", key, { n: 1 }, { tags: [tag] });
    const load = async () => ({ n: 2 });
    await unaware.getOrSet("things", newKey(), load);
    expect(await redis().exists(keys.cacheTrustLease)).toBe(1);
    await proxy.set("refuse");
    await writer.withInvalidation([tag], async () => {});
    await redisIsBack();
    // The limit of the contract, and why there is one: nobody has told this process anything yet.
    aheadMs += BEHIND_MS;
    expect(await unaware.getOrSet("things", key, load)).toEqual({ n: 1 });
    expect(await redis().ttl(keys.cacheTrustLease)).toBeLessThanOrEqual(10);
    await redis().del(keys.cacheTrustLease);
    aheadMs += BEHIND_MS;
    expect(await unaware.getOrSet("things", key, load)).toEqual({ n: 2 });
    expect(await redis().exists(keys.cacheTrustLease)).toBe(1);
  });

  it("however many waited, is made good with one call, before anything is believed", async () => {
    const unaware = createCacheManager();
    const tags = Array.from({ length: 300 }, newKey);
    for (const [n, tag] of tags.slice(0, 20).entries())
      await unaware.set("things", tag, { n }, { tags: [tag] });
    await db().cacheInvalidation.createMany({
      data: tags.map((tag) => ({ id: newKey(), members: [], tags: [tag, tags[0] ?? ""] })),
    });
    await redis().del(keys.cacheTrustLease);
    aheadMs += BEHIND_MS;
    currentGateway().stats.reset();
    expect(await unaware.getMany("things", tags.slice(0, 20))).toEqual(new Map());
    // Reading, telling, saying that it was told, reading again; one more if Redis does not know the script.
    expect(currentGateway().stats.snapshot().httpRequests).toBeLessThanOrEqual(5);
    await waitForDeferredWork();
    expect(await waiting("", tags[0] ?? "")).toBe(0);
  });

  it("is made good by the writer at once when it reads again", async () => {
    const writer = createCacheManager();
    const [key, tag] = [newKey(), newKey()];
    await writer.set("things", key, { n: 1 }, { tags: [tag] });
    await proxy.set("refuse");
    await writer.withInvalidation([tag], async () => {});
    await redisIsBack();
    expect(await writer.getOrSet("things", key, async () => ({ n: 2 }))).toEqual({ n: 2 });
  });
});

it("without Redis too, what a loader throws reaches its callers as it is", async () => {
  const manager = createCacheManager();
  await proxy.set("refuse");
  const failure = new Error("Postgres is away");
  for (let call = 0; call < 5; call += 1) {
    const load = () => Promise.reject<{ n: number }>(failure);
    await expect(manager.getOrSet("things", newKey(), load)).rejects.toBe(failure);
  }
});

it("without Redis too, an invalidation that waits in Postgres is taken note of once, not at every look", async () => {
  const manager = createCacheManager();
  const [key, tag] = [newKey(), newKey()];
  await manager.set("things", key, { n: 1 }, { tags: [tag] });
  await proxy.set("refuse");
  await openBreaker();
  await db().cacheInvalidation.create({ data: { id: newKey(), members: [], tags: [tag] } });
  const load = vi.fn(async () => ({ n: 2 }));
  for (let look = 0; look < 4; look += 1) {
    aheadMs += BEHIND_MS;
    expect(await manager.getOrSet("things", key, load, { tags: [tag] })).toEqual({ n: 2 });
  }
  expect(load).toHaveBeenCalledTimes(1);
});

it("without Redis too, a loader that read before an invalidation does not leave its value behind", async () => {
  const manager = createCacheManager();
  const [key, tag] = [newKey(), newKey()];
  await proxy.set("refuse");
  await openBreaker();
  const { load, finish } = createManualLoader({ n: 1 });
  const old = manager.getOrSet("things", key, load, { tags: [tag] });
  await waitUntil("it loads", () => load.mock.calls.length === 1);
  await manager.invalidateTag(tag);
  finish();
  expect(await old).toEqual({ n: 1 });
  expect(await manager.getOrSet("things", key, async () => ({ n: 2 }))).toEqual({ n: 2 });
});

it("Redis that goes away while something is loaded: it is as old as its loading", async () => {
  const manager = createCacheManager();
  const [key, tag] = [newKey(), newKey()];
  await manager.get("things", newKey());
  const load = async () => {
    await proxy.set("refuse");
    // Another process changes what was just read, and cannot tell Redis either.
    await db().cacheInvalidation.create({ data: { id: newKey(), members: [], tags: [tag] } });
    aheadMs += 2_000;
    return { n: 1 };
  };
  expect(await manager.getOrSet("things", key, load, { tags: [tag] })).toEqual({ n: 1 });
  const fresh = async () => ({ n: 2 });
  expect(await manager.getOrSet("things", key, fresh, { tags: [tag] })).toEqual({ n: 2 });
});

it("whoever finds that Redis must be told gives the lease back that it got with the old answer", async () => {
  const manager = createCacheManager();
  const [key, tag] = [newKey(), newKey()];
  await db().cacheInvalidation.create({ data: { id: newKey(), members: [], tags: [tag] } });
  await redis().del(keys.cacheTrustLease);
  expect(await manager.getOrSet("things", key, async () => ({ n: 1 }), { tags: [tag] })).toEqual({ n: 1 });
  // Else it would have waited for itself.
  expect(manager.stats().total).toMatchObject({ wait: 0, load: 1 });
});

it("Redis that answers errors is done without", async () => {
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

it("a change that is rolled back invalidates nothing elsewhere and leaves no row", async () => {
  const manager = createCacheManager();
  const [key, tag] = [newKey(), newKey()];
  await manager.set("things", key, { n: 1 }, { tags: [tag] });
  const failed = manager.withInvalidation([tag], async () => {
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  expect(await waiting(key, tag)).toBe(0);
  expect(await manager.get("things", key)).toEqual({ n: 1 });
});
