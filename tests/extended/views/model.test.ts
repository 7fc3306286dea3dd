import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { redis, resetRedisForTest } from "@/lib/redis";
import { type RecordedView, recordViews, syncViews } from "@/lib/views";
import { claimBatch, finishBatch, type ViewBatch } from "@/lib/views/sync-views";
import { liveViews, type PersistResult, persistViews, type ViewRow } from "@/lib/views/view-counter";
import { createPeople, createTestPost, persistedViews } from "@/tests/support/factories/people";
import { displayedCount, expireLeases, expireViewKey, viewRow } from "@/tests/support/factories/view-tools";
import { runs } from "@/tests/support/fuzz/runs";
import { type FaultProxy, startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/**
 * Any order of views, reads, late reads, steps of several syncs, expired keys and views without Redis, against a model
 * that is a set of viewers for each post.
 */

const POSTS = 2;
const PEOPLE = 5;
const LEASE_MS = 60_000;
const RUNS = runs(40);
const STEPS = 40;

const post = fc.nat(POSTS - 1);
const person = fc.nat(PEOPLE - 1);
const which = fc.nat(2);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("view" as const), post, person }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("read" as const), post }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("startLateRead" as const), post }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("endLateRead" as const), post }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("claim" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expireLeases" as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("persist" as const), which }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("finish" as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expireMeta" as const), post }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expireViewers" as const), post }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("readWithoutRedis" as const), post }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("viewWithoutRedis" as const), post, person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("viewWithLostResponse" as const), post, person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("syncAll" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface Modelled {
  id: string;
  base: number;
  viewers: Set<number>;
  /** Viewed before the set of viewers expired, and not since: Redis takes them for new. */
  expired: Set<number>;
  /** How far the count may exceed the model until all is synced: views counted again, and views written twice. */
  slack: number;
  lateRow: ViewRow | null;
  lastShown: number;
}

let people: Caller[];
let viewsToSeal = 0;
let proxy: FaultProxy;

beforeAll(async () => {
  proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
  process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;
  people = await createPeople(PEOPLE);
});
afterAll(() => proxy.close());

describe("the views counter and its model", () => {
  it.each([
    ["few views", 1_000],
    ["views that are sealed, two at a time", 2],
  ])("agree in any order of steps, with %s", async (_, sealSize) => {
    viewsToSeal = sealSize;
    onTestFinished(liveViews.setViewsToSealForTest(sealSize));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: STEPS }), async (steps) => {
        const run = await Run.start();
        for (const each of steps) await run.take(each);
        await run.end();
      }),
      { numRuns: RUNS },
    );
  });
});

class Run {
  private readonly claimed: { batch: ViewBatch; persisted: PersistResult | null }[] = [];
  /** Views written without Redis that are not replayed to it yet. */
  private readonly pendingReplay = new Set<string>();

  private constructor(private readonly posts: Modelled[]) {}

  static async start(): Promise<Run> {
    await redis().flushdb();
    const posts: Modelled[] = [];
    for (let index = 0; index < POSTS; index += 1) {
      const base = index * 10;
      const id = await createTestPost(at(people, index), base);
      posts.push({
        id,
        base,
        viewers: new Set(),
        expired: new Set(),
        slack: 0,
        lateRow: null,
        lastShown: base,
      });
    }
    return new Run(posts);
  }

  async take(each: Step): Promise<void> {
    switch (each.do) {
      case "view":
        return this.view(at(this.posts, each.post), at(people, each.person));
      case "viewWithoutRedis":
        return this.viewWithoutRedis(at(this.posts, each.post), at(people, each.person));
      case "viewWithLostResponse": {
        const { seq } = at(people, each.person);
        const target = at(this.posts, each.post);
        const { posts } = await liveViews.recordAndCount([{ postId: target.id, viewers: [seq] }]);
        this.pendingReplay.clear();
        if (posts[0]?.outcomes[0] === 1) this.counted(target, seq);
        return this.viewWithoutRedis(target, at(people, each.person));
      }
      case "read":
        return this.check(at(this.posts, each.post), await displayedCount(at(this.posts, each.post).id));
      case "readWithoutRedis": {
        const target = at(this.posts, each.post);
        return this.checkWithoutRedis(target, await withoutRedis(() => displayedCount(target.id)));
      }
      case "startLateRead":
        at(this.posts, each.post).lateRow = await viewRow(at(this.posts, each.post).id);
        return;
      case "endLateRead": {
        const target = at(this.posts, each.post);
        if (target.lateRow) this.check(target, await displayedCount(target.id, target.lateRow));
        return;
      }
      case "claim":
        return this.claim();
      case "expireLeases":
        return expireLeases();
      case "persist": {
        const share = this.claimed[each.which];
        if (share) share.persisted = await persistViews(share.batch.pairs, share.batch.id);
        return;
      }
      case "finish": {
        // Stays in the list, so that it may be finished again.
        const share = this.claimed[each.which];
        if (share?.persisted) await finishBatch(share.batch, share.persisted.posts);
        return;
      }
      case "expireMeta": {
        const target = at(this.posts, each.post);
        await expireViewKey("postMeta", target.id);
        // The key lives a day longer than its version, so no reader has a row from before.
        target.lateRow = null;
        for (const share of this.claimed) if (share.batch.postIds.includes(target.id)) share.persisted = null;
        return;
      }
      case "expireViewers": {
        const target = at(this.posts, each.post);
        await expireViewKey("postViews", target.id);
        for (const seq of target.viewers) target.expired.add(seq);
        return;
      }
      case "syncAll":
        return this.syncAll();
    }
  }

  async end(): Promise<void> {
    await this.syncAll();
    for (const target of this.posts) {
      const expected = target.base + target.viewers.size;
      expect(await displayedCount(target.id)).toBe(expected);
      expect(await persistedViews(target.id)).toEqual({
        views: expected,
        rows: target.viewers.size,
        base: target.base,
      });
    }
  }

  private async view(target: Modelled, { seq }: Caller): Promise<void> {
    const own = this.isOwn(target, seq);
    const before = target.viewers.has(seq);
    const view = await only(recordViews(seq, [target.id]));
    this.pendingReplay.clear();
    if (own) expect(view.status).toBe("own");
    else if (!before) expect(view.status).toBe("counted");
    else if (!target.expired.has(seq)) expect(view.status).toBe("repeated");
    if (view.status === "counted") this.counted(target, seq);
    this.check(target, view.viewsCount);
  }

  private async viewWithoutRedis(target: Modelled, { seq }: Caller): Promise<void> {
    const view = await withoutRedis(() => only(recordViews(seq, [target.id])));
    if (this.isOwn(target, seq)) {
      expect(view.status).toBe("own");
    } else {
      // The view may also be in a batch, whose size counts until it is finished.
      // The same holds for sealed views, of which the model knows only that there may be some.
      if (target.viewers.has(seq))
        target.slack += this.timesClaimed(target.id, seq) + (viewsToSeal < PEOPLE ? 1 : 0);
      target.viewers.add(seq);
      this.pendingReplay.add(`${target.id}:${seq}`);
    }
    this.checkWithoutRedis(target, view.viewsCount);
  }

  /** May be below the model if only Redis has some views, but never decreases. */
  private checkWithoutRedis(target: Modelled, count: number): void {
    expect(count).toBeGreaterThanOrEqual(target.lastShown - target.slack);
    expect(count).toBeLessThanOrEqual(target.base + target.viewers.size + target.slack);
  }

  private async claim(): Promise<void> {
    const batch = await claimBatch(LEASE_MS);
    if (!batch) return;
    this.claimed.unshift({ batch, persisted: null });
    for (const { postId, viewerSeq } of batch.pairs) {
      const target = this.posts.find(({ id }) => id === postId);
      if (target && this.pendingReplay.has(`${postId}:${viewerSeq}`)) target.slack += 1;
    }
  }

  private async syncAll(): Promise<void> {
    await expireLeases();
    await syncViews({ source: "script" });
    this.claimed.length = 0;
    for (const target of this.posts) {
      target.slack = 0;
      this.check(target, await displayedCount(target.id));
    }
    this.pendingReplay.clear();
  }

  private counted(target: Modelled, seq: number): void {
    if (target.viewers.has(seq)) target.slack += 1;
    target.viewers.add(seq);
    target.expired.delete(seq);
  }

  private check(target: Modelled, count: number): void {
    this.pendingReplay.clear();
    const expected = target.base + target.viewers.size;
    expect(count).toBeGreaterThanOrEqual(expected);
    expect(count).toBeLessThanOrEqual(expected + target.slack);
    target.lastShown = count;
  }

  private isOwn(target: Modelled, seq: number): boolean {
    return at(people, this.posts.indexOf(target)).seq === seq;
  }

  private timesClaimed(postId: string, seq: number): number {
    return this.claimed.filter(({ batch }) =>
      batch.pairs.some((pair) => pair.postId === postId && pair.viewerSeq === seq),
    ).length;
  }
}

async function withoutRedis<T>(work: () => Promise<T>): Promise<T> {
  await proxy.set("refuse");
  try {
    return await work();
  } finally {
    await proxy.set("pass");
    // A breaker that has just opened would make the next step wait.
    resetRedisForTest();
  }
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no item ${index}`);
  return item;
}

async function only(views: Promise<RecordedView[]>): Promise<RecordedView> {
  return at(await views, 0);
}
