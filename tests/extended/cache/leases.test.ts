import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { LEASE_MS } from "@/lib/cache/store";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { keys, redis } from "@/lib/redis";
import { freezeClock } from "@/tests/support/clients/freeze-clock";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createCacheManager, createManualLoader, newKey } from "@/tests/support/factories/cache-tools";

/** Leases that run out by Redis's clock, and what is too much for one command. */

const LONG_MS = 600_000;

freezeClock();
beforeAll(async () => {
  // An empty Redis is asked twice, and the lease of the first answer is given back.
  await createCacheManager().get("things", newKey());
});
afterAll(async () => {
  await waitForDeferredWork();
  await db().cacheInvalidation.deleteMany();
});

describe("a loader", () => {
  it("that takes longer than a lease keeps it", async () => {
    const key = newKey();
    const { load, finish } = createManualLoader({ n: 1 });
    const first = createCacheManager().getOrSet("things", key, load);
    const startedAt = performance.now();
    const left = () => redis().pttl(keys.cacheLease(`things:${key}`));
    await waitUntil("it has the lease", async () => (await left()) > 0);
    let before = await left();
    await waitUntil("a lease's time is over, and it has been renewed", async () => {
      const after = await left();
      expect(after).toBeGreaterThan(0);
      const renewed = after > before;
      before = after;
      return renewed && performance.now() - startedAt > LEASE_MS;
    });
    const other = createCacheManager();
    const second = other.getOrSet("things", key, load);
    await waitUntil("another one waits", () => other.stats().total.wait === 1);
    finish();
    expect(await Promise.all([first, second])).toEqual([{ n: 1 }, { n: 1 }]);
    expect(load).toHaveBeenCalledTimes(1);
  });
});

describe("a loader that hangs", () => {
  it("keeps other processes waiting for a bounded time; what they load for themselves is not stored", async () => {
    const key = newKey();
    const { load, finish } = createManualLoader({ n: 1 });
    const hanging = createCacheManager().getOrSet("things", key, load);
    await waitUntil("it hangs", () => load.mock.calls.length === 1);
    const impatient = createCacheManager();
    const own = vi.fn(async () => ({ n: 2 }));
    expect(await impatient.getOrSet("things", key, own)).toEqual({ n: 2 });
    expect(impatient.stats().total).toMatchObject({ wait: 1, load: 1 });
    finish();
    expect(await hanging).toEqual({ n: 1 });
    expect(await createCacheManager().get("things", key)).toEqual({ n: 1 });
  });
});

it("what Redis refuses to store keeps nobody waiting until the lease has run out", async () => {
  const manager = createCacheManager();
  const key = newKey();
  const member = `things:${key}`;
  // More than a request may have, however it is compressed.
  const text = randomBytes(9 * 1024 * 1024).toString("base64");
  const load = async () => {
    // It would outlive this test.
    await redis().pexpire(keys.cacheLease(member), LONG_MS);
    return { n: 1, text };
  };
  expect(await manager.getOrSet("things", key, load)).toMatchObject({ n: 1 });
  expect(await redis().exists(keys.cacheEntry(member))).toBe(0);
  await waitUntil(
    "its lease is given back",
    async () => (await redis().exists(keys.cacheLease(member))) === 0,
  );
});

describe("when Redis is back", () => {
  it("more rows than can be told in a few looks: it is done without, and not said to know them all", async () => {
    const manager = createCacheManager();
    const ids = Array.from({ length: 3_600 }, newKey);
    await db().cacheInvalidation.createMany({ data: ids.map((id) => ({ id, members: [], tags: [id] })) });
    await redis().del(keys.cacheTrustLease);
    expect(await manager.getOrSet("things", newKey(), async () => ({ n: 1 }))).toEqual({ n: 1 });
    expect(manager.stats().total).toMatchObject({ error: 1, load: 1 });
    expect(await redis().exists(keys.cacheTrustLease)).toBe(0);
  });
});
