import { describe, expect, it, onTestFinished } from "vitest";
import { setClock } from "@/lib/core/clock";
import { keys, redis, ttlSeconds } from "@/lib/redis";
import { getViewSyncState, recordViews, syncViews } from "@/lib/views";
import { claimBatch, finishBatch } from "@/lib/views/sync-views";
import { persistViews } from "@/lib/views/view-counter";
import { expectCountsAfterKeyLoss } from "@/tests/support/factories/lost-views";
import { createPeople, createPerson, createTestPost, persistedViews } from "@/tests/support/factories/people";
import {
  displayedCount,
  expireLeases,
  expireViewKey,
  recordNewViewers,
  viewRow,
} from "@/tests/support/factories/view-tools";

const LEASE_MS = 60_000;

async function newPost(base = 0): Promise<string> {
  return createTestPost(await createPerson("artist"), base);
}

const sync = () => syncViews({ source: "script" });

describe("key expiry", () => {
  it("applies only to keys whose data Postgres has", async () => {
    const post = await newPost();
    await recordNewViewers(post, 1);
    expect(await redis().ttl(keys.postMeta(post))).toBeGreaterThan(ttlSeconds.postMeta - 60);
    expect(await redis().ttl(keys.postViews(post))).toBeGreaterThan(ttlSeconds.postViews - 60);
    for (const key of [keys.postPendingViews(post), keys.dirtyPosts]) expect(await redis().ttl(key)).toBe(-1);
    const batch = await claimBatch(LEASE_MS);
    if (!batch) throw new Error("no batch was claimed");
    for (const key of [keys.viewBatch(batch.id), keys.viewBatches, keys.viewClaims]) {
      expect(await redis().ttl(key)).toBe(-1);
    }
    await expireLeases();
    await sync();
  });

  it("of the metadata of several posts begins with the end of their sync", async () => {
    const posts = [await newPost(), await newPost()];
    for (const { seq } of await createPeople(2)) await recordViews(seq, posts);
    for (const post of posts) expect(await redis().ttl(keys.postMeta(post))).toBe(-1);
    await sync();
    for (const post of posts)
      expect(await redis().ttl(keys.postMeta(post))).toBeGreaterThan(ttlSeconds.postMeta - 60);
  });

  it("is not extended for the set of viewers by further views", async () => {
    const post = await newPost();
    await recordNewViewers(post, 1);
    await redis().expire(keys.postViews(post), 100);
    await recordNewViewers(post, 3);
    expect(await redis().ttl(keys.postViews(post))).toBeLessThanOrEqual(100);
  });

  it("loses no pending view, and a viewer who returns before the sync is a repeat", async () => {
    const post = await newPost(5);
    const [first = 0, second = 0, third = 0] = await recordNewViewers(post, 3);
    await expireViewKey("postViews", post);

    const [newcomer = 0] = await recordNewViewers(post, 1);
    for (const seq of [first, second]) {
      expect(await recordViews(seq, [post])).toEqual([{ postId: post, status: "repeated", viewsCount: 9 }]);
    }
    await expireViewKey("postViews", post);
    const views = await Promise.all([newcomer, third].map((seq) => recordViews(seq, [post])));
    expect(views.flat().map(({ status }) => status)).toEqual(["repeated", "repeated"]);
    await expireViewKey("postViews", post);
    await expireViewKey("postMeta", post);

    await sync();
    expect(await persistedViews(post)).toEqual({ views: 9, rows: 4, base: 5 });
    expect(await displayedCount(post)).toBe(9);
  });

  it("does not count a viewer twice who returns after the sync", async () => {
    const post = await newPost();
    const [viewer = 0] = await recordNewViewers(post, 2);
    await sync();
    await expireViewKey("postViews", post);

    // Redis cannot know: the count is one too high until the next sync.
    expect((await recordViews(viewer, [post]))[0]?.viewsCount).toBe(3);
    expect(await sync()).toMatchObject({ syncedPosts: 1, syncedViews: 0, droppedViews: 0 });
    expect(await persistedViews(post)).toEqual({ views: 2, rows: 2, base: 0 });
    expect(await displayedCount(post)).toBe(2);
    expect(await recordViews(viewer, [post])).toEqual([{ postId: post, status: "repeated", viewsCount: 2 }]);
  });

  it("of a post's metadata during a claimed batch restores claimed and synced counts", async () => {
    const post = await newPost(1);
    await recordNewViewers(post, 3);
    const batch = await claimBatch(LEASE_MS);
    if (!batch) throw new Error("no batch was claimed");
    await recordNewViewers(post, 2);

    await expireViewKey("postMeta", post);
    expect(await displayedCount(post)).toBe(6);
    const { posts } = await persistViews(batch.pairs, batch.id);
    expect(await displayedCount(post)).toBe(6);
    await expireViewKey("postMeta", post);
    expect(await displayedCount(post)).toBe(6);
    await expireViewKey("postMeta", post);
    await finishBatch(batch, posts);
    expect(await displayedCount(post)).toBe(6);
    await sync();
    expect(await persistedViews(post)).toEqual({ views: 6, rows: 5, base: 1 });
  });
});

describe("late results", () => {
  it("of a reader or a sync do not decrease the count", async () => {
    const post = await newPost();
    await recordNewViewers(post, 2);
    const before = await viewRow(post);
    await sync();
    expect(await displayedCount(post, before)).toBe(2);

    await recordNewViewers(post, 2);
    const slow = await claimBatch(LEASE_MS);
    if (!slow) throw new Error("no batch was claimed");
    const slowResult = await persistViews(slow.pairs, slow.id);
    // Written to Postgres by an instance that cannot reach Redis, and read by a page.
    await persistViews([{ postId: post, viewerSeq: (await createPerson()).seq }], null);
    expect(await displayedCount(post)).toBe(5);
    await finishBatch(slow, slowResult.posts);
    expect(await displayedCount(post)).toBe(5);
    await finishBatch(slow, slowResult.posts);
    expect(await displayedCount(post, before)).toBe(5);
  });

  it("do not drop a newer batch", async () => {
    const post = await newPost();
    await recordNewViewers(post, 2);
    const first = await claimBatch(LEASE_MS);
    if (!first) throw new Error("no batch was claimed");
    const response = await persistViews(first.pairs, first.id);
    await finishBatch(first, response.posts);
    await recordNewViewers(post, 3);
    const second = await claimBatch(LEASE_MS);
    if (!second) throw new Error("no batch was claimed");

    await finishBatch(first, response.posts);
    expect(await displayedCount(post)).toBe(5);
    expect(await getViewSyncState()).toMatchObject({ claimedBatches: 1, claimedViews: 3 });
    await finishBatch(second, (await persistViews(second.pairs, second.id)).posts);
    expect(await displayedCount(post)).toBe(5);
    expect(await getViewSyncState()).toMatchObject({ claimedBatches: 0, claimedViews: 0 });
  });
});

describe("a post or account deleted between view and sync", () => {
  it("is dropped and counted, and the other views are synced", async () => {
    const [doomed, post] = [await newPost(), await newPost()];
    const people = await createPeople(3);
    for (const { seq } of people) await recordViews(seq, [doomed, post]);
    const { db } = await import("@/lib/db");
    await db().post.delete({ where: { id: doomed } });
    await db().user.delete({ where: { id: people[0]?.userId ?? "" } });

    expect(await sync()).toMatchObject({ syncedPosts: 1, syncedViews: 2, droppedViews: 4 });
    expect(await persistedViews(post)).toEqual({ views: 2, rows: 2, base: 0 });
    const left = [keys.postMeta(doomed), keys.postViews(doomed), keys.postPendingViews(doomed)];
    expect(await redis().exists(...left)).toBe(0);
    expect(await recordViews(people[1]?.seq ?? 0, [doomed])).toMatchObject([{ status: "unknown" }]);

    // An account erased later leaves its view without a viewer.
    await db().user.delete({ where: { id: people[1]?.userId ?? "" } });
    expect(await persistedViews(post)).toEqual({ views: 2, rows: 2, base: 0 });
    await recordViews((await createPerson()).seq, [post]);
    await sync();
    expect(await persistedViews(post)).toEqual({ views: 3, rows: 3, base: 0 });
  });
});

describe("a flushed Redis", () => {
  it("loses only unsynced views", async () => {
    const post = await newPost(10);
    const [seen = 0] = await recordNewViewers(post, 4);
    await sync();
    await recordNewViewers(post, 2);
    await redis().flushdb();

    expect(await displayedCount(post)).toBe(14);
    const [fresh = 0] = await recordNewViewers(post, 1);
    expect(await displayedCount(post)).toBe(15);
    expect(await recordViews(fresh, [post])).toMatchObject([{ status: "repeated", viewsCount: 15 }]);
    await recordViews(seen, [post]);
    await sync();
    expect(await persistedViews(post)).toEqual({ views: 15, rows: 5, base: 10 });
    expect(await displayedCount(post)).toBe(15);
  });

  it("between the steps of a sync does not disturb it", async () => {
    const post = await newPost();
    await recordNewViewers(post, 2);
    const batch = await claimBatch(LEASE_MS);
    if (!batch) throw new Error("no batch was claimed");
    await redis().flushdb();
    await recordNewViewers(post, 1);
    await finishBatch(batch, (await persistViews(batch.pairs, batch.id)).posts);
    expect(await displayedCount(post)).toBe(3);
    await sync();
    expect(await persistedViews(post)).toEqual({ views: 3, rows: 3, base: 0 });
  });

  it("that lost only the list of dirty posts keeps counting", async () => {
    await expectCountsAfterKeyLoss(() => [keys.dirtyPosts], 5);
  });

  it("that lost the list of dirty posts has a post again that is viewed ten seconds later, or read an hour later", async () => {
    const [viewed, shown] = [await newPost(), await newPost()];
    for (const post of [viewed, shown]) await recordNewViewers(post, 2);
    await redis().del(keys.dirtyPosts);
    let laterMs = 11_000;
    onTestFinished(setClock({ now: () => Date.now() + laterMs }));
    await recordNewViewers(viewed, 1);
    await sync();
    expect(await persistedViews(viewed)).toMatchObject({ views: 3 });
    expect(await displayedCount(shown)).toBe(2);
    await sync();
    expect(await persistedViews(shown)).toMatchObject({ views: 0 });
    laterMs = 3_700_000;
    expect(await displayedCount(shown)).toBe(2);
    await sync();
    expect(await persistedViews(shown)).toMatchObject({ views: 2 });
  });

  it("that lost the list of dirty posts finds an idle post again when it is read", async () => {
    const post = await newPost();
    await recordNewViewers(post, 2);
    await redis().del(keys.dirtyPosts);
    await expireViewKey("postMeta", post);
    expect(await displayedCount(post)).toBe(2);
    await sync();
    expect(await persistedViews(post)).toEqual({ views: 2, rows: 2, base: 0 });
  });
});
