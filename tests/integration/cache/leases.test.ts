import { afterAll, beforeAll, expect, it } from "vitest";
import { createEntry } from "@/lib/cache/envelope";
import * as store from "@/lib/cache/store";
import { setClock } from "@/lib/core/clock";
import { keys, redis } from "@/lib/redis";
import { createCacheManager, newKey, testNamespaces } from "@/tests/support/factories/cache-tools";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** The cache's other data in Redis: load leases, and the members of tags. */

const LONG_MS = 600_000;
const SHORT_MS = 1_000;

let aheadMs = 0;
let restoreClock = () => {};
beforeAll(() => {
  const startedAt = Date.now();
  restoreClock = setClock({ now: () => startedAt + aheadMs });
});
afterAll(() => restoreClock());

const newMember = () => `things:${newKey()}`;
const createThing = (tags: string[] = [], ttlSeconds = 60) => {
  const spec = { ...testNamespaces.things, swrSeconds: 0 };
  return createEntry(spec, { n: 1 }, { ttlSeconds, tags, createdMs: Date.now() }).entry;
};
const read = (member: string, token: string, tags: string[] = [], lifeMs = LONG_MS) =>
  store.read(member, { token, localEntry: undefined, unusableId: undefined, tags, maxLifetimeMs: lifeMs });

it("only its holder can store with, extend or release a lease", async () => {
  const member = newMember();
  expect((await read(member, "holder")).leased).toBe(true);
  expect((await read(member, "other")).leased).toBe(false);
  await redis().pexpire(keys.cacheLease(member), 2_000_000);
  await store.renew(member, "other");
  await store.release(member, "other");
  expect(await store.fill(member, "other", "{}", createThing())).toBe(false);
  await store.fillEmpty(member, "other");
  expect(await redis().pttl(keys.cacheLease(member))).toBeGreaterThan(store.LEASE_MS);
  expect(await redis().exists(keys.cacheEntry(member))).toBe(0);
  await store.renew(member, "holder");
  expect(await redis().pttl(keys.cacheLease(member))).toBeLessThanOrEqual(store.LEASE_MS);
  await store.release(member, "holder");
  expect((await read(member, "other")).leased).toBe(true);
});

it("storing releases the lease, and so does a miss, which deletes the old entry", async () => {
  const member = newMember();
  await read(member, "holder");
  expect(await store.fill(member, "holder", "an entry", createThing())).toBe(true);
  expect(await redis().exists(keys.cacheLease(member))).toBe(0);
  expect(await redis().exists(keys.cacheEntry(member))).toBe(1);
  await read(member, "holder");
  await store.fillEmpty(member, "holder");
  expect(await redis().exists(keys.cacheLease(member), keys.cacheEntry(member))).toBe(0);
});

it.each(["loading", "set"] as const)(
  "%s: a tag has each member as long as its entry may exist, and no longer",
  async (how) => {
    const [tag, long, short, gone] = [newKey(), newMember(), newMember(), newMember()];
    const key = keys.cacheTag(tag);
    const remember = async (member: string, lifeMs: number) => {
      if (how === "loading") await read(member, newKey(), [tag], lifeMs);
      else await store.put(member, "an entry", createThing([tag], lifeMs / 1_000));
    };
    await redis().zadd(key, { score: 1, member: gone });
    await remember(short, SHORT_MS);
    expect(await redis().pttl(key)).toBeGreaterThan(0);
    await remember(long, LONG_MS);
    const score = Number(await redis().zscore(key, long));
    await remember(short, SHORT_MS);
    expect(await redis().pttl(key)).toBeGreaterThan(LONG_MS / 2);
    expect(await redis().zscore(key, gone)).toBeNull();
    // The entry exists for long, although the next load would keep it only for a moment.
    await redis().del(keys.cacheLease(long));
    if (how === "loading") await read(long, newKey(), [tag], SHORT_MS);
    expect(Number(await redis().zscore(key, long))).toBe(score);
  },
);

it("a tag with more members than one command accepts is invalidated completely", async () => {
  const tag = newKey();
  const members = Array.from({ length: 1_101 }, newMember);
  const pipeline = redis().pipeline();
  for (const member of members) {
    pipeline.zadd(keys.cacheTag(tag), { score: Date.now() + LONG_MS, member });
    pipeline.set(keys.cacheEntry(member), "an entry");
    pipeline.set(keys.cacheLease(member), "a lease");
  }
  await pipeline.exec();
  await store.invalidate({ members: [], tags: [tag] });
  const left = members.flatMap((member) => [keys.cacheEntry(member), keys.cacheLease(member)]);
  expect(await redis().exists(keys.cacheTag(tag), ...left)).toBe(0);
});

it("a value that took long to load is trusted from the moment it was stored", async () => {
  const manager = createCacheManager();
  const key = newKey();
  const load = async () => {
    aheadMs += 2_000;
    return { n: 1 };
  };
  await manager.getOrSet("things", key, load);
  currentGateway().stats.reset();
  expect(await manager.get("things", key)).toEqual({ n: 1 });
  expect(currentGateway().stats.snapshot().httpRequests).toBe(0);
});
