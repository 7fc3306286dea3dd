import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { LEASE_MS } from "@/lib/cache/store";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { keys, redis } from "@/lib/redis";
import { freezeClock } from "@/tests/support/clients/freeze-clock";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createCacheManager, newKey } from "@/tests/support/factories/cache-tools";
import { createManualLoader } from "@/tests/support/factories/manual-loader";

/** Load leases that expire by Redis' clock, and values too large for one command. */

const LONG_MS = 600_000;

freezeClock();
beforeAll(async () => {
  // An empty Redis is queried twice, and the lease of the first response is released.
  await createCacheManager().get("things", newKey());
});
afterAll(async () => {
  await waitForDeferredWork();
  await db().cacheInvalidation.deleteMany();
});

describe("a loader", () => {
  it("that takes longer than a lease extends it", async () => {
    const key = newKey();
    const { load, finish } = createManualLoader({ n: 1 });
    const first = createCacheManager().getOrSet("things", key, load);
    const startedAt = performance.now();
    const remainingMs = () => redis().pttl(keys.cacheLease(`things:${key}`));
    await waitUntil("the loader has the lease", async () => (await remainingMs()) > 0);
    let before = await remainingMs();
    await waitUntil("the first TTL has passed, and the lease was extended", async () => {
      const after = await remainingMs();
      expect(after).toBeGreaterThan(0);
      const renewed = after > before;
      before = after;
      return renewed && performance.now() - startedAt > LEASE_MS;
    });
    const other = createCacheManager();
    const second = other.getOrSet("things", key, load);
    await waitUntil("another process waits", () => other.stats().total.wait === 1);
    finish();
    expect(await Promise.all([first, second])).toEqual([{ n: 1 }, { n: 1 }]);
    expect(load).toHaveBeenCalledTimes(1);
  });
});

describe("a loader that hangs", () => {
  it("blocks other processes for a bounded time, and what they load themselves is not stored", async () => {
    const key = newKey();
    const { load, finish } = createManualLoader({ n: 1 });
    const hanging = createCacheManager().getOrSet("things", key, load);
    await waitUntil("the loader hangs", () => load.mock.calls.length === 1);
    const impatient = createCacheManager();
    const own = vi.fn(async () => ({ n: 2 }));
    expect(await impatient.getOrSet("things", key, own)).toEqual({ n: 2 });
    expect(impatient.stats().total).toMatchObject({ wait: 1, load: 1 });
    finish();
    expect(await hanging).toEqual({ n: 1 });
    expect(await createCacheManager().get("things", key)).toEqual({ n: 1 });
  });
});

it("a value that Redis rejects releases its lease immediately", async () => {
  const manager = createCacheManager();
  const key = newKey();
  const member = `things:${key}`;
  // More than a request may contain, however well it is compressed.
  const text = randomBytes(9 * 1024 * 1024).toString("base64");
  const load = async () => {
    // Without a release the lease would outlive this test.
    await redis().pexpire(keys.cacheLease(member), LONG_MS);
    return { n: 1, text };
  };
  expect(await manager.getOrSet("things", key, load)).toMatchObject({ n: 1 });
  expect(await redis().exists(keys.cacheEntry(member))).toBe(0);
  await waitUntil("its lease is released", async () => (await redis().exists(keys.cacheLease(member))) === 0);
});

describe("the replay to Redis", () => {
  it("does not grant the trust lease while more rows are pending than a few rounds can replay", async () => {
    const manager = createCacheManager();
    const ids = Array.from({ length: 3_600 }, newKey);
    await db().cacheInvalidation.createMany({ data: ids.map((id) => ({ id, members: [], tags: [id] })) });
    await redis().del(keys.cacheTrustLease);
    expect(await manager.getOrSet("things", newKey(), async () => ({ n: 1 }))).toEqual({ n: 1 });
    expect(manager.stats().total).toMatchObject({ error: 1, load: 1 });
    expect(await redis().exists(keys.cacheTrustLease)).toBe(0);
  });
});
