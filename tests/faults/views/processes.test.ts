import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { keys, redis } from "@/lib/redis";
import { getViewCounts, getViewSyncState, recordViews, syncViews } from "@/lib/views";
import { claimBatch, finishBatch, type ViewBatch } from "@/lib/views/sync-views";
import { loadViewRows, persistViews } from "@/lib/views/view-counter";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPeople, createPerson, createTestPost, persistedViews } from "@/tests/support/factories/people";
import { startChild, waitForMessage } from "@/tests/support/processes/children";
import { freePort } from "@/tests/support/stack/real-postgres";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const NO_LEASE = 1;
const LONG_LEASE = 60_000;

async function postWithViews(viewers: number): Promise<{ post: string; seqs: number[] }> {
  const post = await createTestPost(await createPerson("artist"), 10);
  const seqs = (await createPeople(viewers)).map(({ seq }) => seq);
  await Promise.all(seqs.map((seq) => recordViews(seq, [post])));
  return { post, seqs };
}

async function displayed(post: string): Promise<number | undefined> {
  return (await getViewCounts([...(await loadViewRows([post])).values()])).get(post);
}

async function claimNextBatch(leaseMs: number): Promise<ViewBatch> {
  let batch: ViewBatch | null = null;
  await waitUntil("there is a batch to claim", async () => {
    batch = await claimBatch(leaseMs);
    return batch !== null;
  });
  if (!batch) throw new Error("no batch was claimed");
  return batch;
}

describe("a slow sync", () => {
  it("is taken over after its lease, and both syncs may finish in either order", async () => {
    for (const originalFirst of [true, false]) {
      const { post } = await postWithViews(20);
      const original = await claimNextBatch(NO_LEASE);
      const taker = await claimNextBatch(LONG_LEASE);
      expect(taker).toEqual({ ...original, takenOver: true });
      expect(await claimBatch(LONG_LEASE)).toBeNull();

      const [first, second] = originalFirst ? [original, taker] : [taker, original];
      const [a, b] = await Promise.all([
        persistViews(first.pairs, first.id),
        persistViews(second.pairs, second.id),
      ]);
      expect(await displayed(post)).toBe(30);
      await Promise.all([finishBatch(first, a.posts), finishBatch(second, b.posts)]);
      expect(await displayed(post)).toBe(30);

      // The late sync finishes again, when the post is already in a newer batch.
      await recordViews((await createPerson()).seq, [post]);
      const next = await claimNextBatch(LONG_LEASE);
      await finishBatch(original, (await persistViews(original.pairs, original.id)).posts);
      expect(await displayed(post)).toBe(31);
      await finishBatch(next, (await persistViews(next.pairs, next.id)).posts);
      expect(await displayed(post)).toBe(31);
      expect(await persistedViews(post)).toEqual({ views: 31, rows: 21, base: 10 });
      expect(await getViewSyncState()).toMatchObject({ pendingPosts: 0, claimedBatches: 0, claimedViews: 0 });
    }
  });
});

describe("SIGTERM", () => {
  it("syncs a process's views to Postgres before it exits", async () => {
    const post = await createTestPost(await createPerson("artist"));
    const viewers = await createPeople(25);
    const server = startChild("viewing-process.ts", [post, ...viewers.map(({ seq }) => String(seq))]);
    await waitForMessage(server);
    expect(await persistedViews(post)).toEqual({ views: 0, rows: 0, base: 0 });
    server.process.kill("SIGTERM");
    expect(await server.ended).toBe(0);
    expect(await persistedViews(post)).toEqual({ views: 25, rows: 25, base: 0 });
  });

  it("ends the process also when Redis is down", async () => {
    const post = await createTestPost(await createPerson("artist"));
    const viewer = await createPerson();
    const server = startChild("viewing-process.ts", [post, String(viewer.seq)], {
      UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${await freePort()}`,
    });
    await waitForMessage(server);
    expect(await persistedViews(post)).toEqual({ views: 1, rows: 1, base: 0 });
    server.process.kill("SIGTERM");
    expect(await server.ended).toBe(0);
  });
});

describe("a batch that cannot be synced", () => {
  it("does not block other batches", async () => {
    const { post: refused } = await postWithViews(1);
    await claimNextBatch(NO_LEASE);
    const { post } = await postWithViews(3);
    await db().$executeRawUnsafe(
      `ALTER TABLE "PostView" ADD CONSTRAINT refused CHECK ("postId" <> '${refused}')`,
    );
    try {
      await expect(syncViews({ source: "script", leaseMs: 1_000 })).rejects.toThrow();
    } finally {
      await db().$executeRawUnsafe(`ALTER TABLE "PostView" DROP CONSTRAINT refused`);
    }
    expect(await persistedViews(post)).toMatchObject({ views: 13 });
    await waitUntil("the refused batch is synced by another attempt", async () => {
      await syncViews({ source: "script" });
      return (await persistedViews(refused)).views === 11;
    });
  });

  it("loses only the values that no view can have", async () => {
    const { post, seqs } = await postWithViews(2);
    const batch = await claimNextBatch(NO_LEASE);
    // Not a Postgres integer: only a fault in another component could write it.
    await redis().hset(keys.viewBatch(batch.id), { [post]: `${seqs.join(",")},99999999999,x` });
    await waitUntil("the batch is taken over", async () => {
      await syncViews({ source: "script" });
      return (await persistedViews(post)).views === 12;
    });
  });
});
