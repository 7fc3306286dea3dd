import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { redis, resetRedisForTest } from "@/lib/redis";
import { type RecordedView, recordViews, syncViews } from "@/lib/views";
import { type PersistResult, persistViews } from "@/lib/views/persist-views";
import { recordAndCount } from "@/lib/views/record-and-count";
import { claimBatch, finishBatch, type ViewBatch } from "@/lib/views/view-batches";
import type { ViewRow } from "@/lib/views/view-row";
import { createPeople, createTestPost, persistedViews } from "@/tests/support/factories/people";
import { displayedCount, expireLeases, expireViewKey, viewRow } from "@/tests/support/factories/view-tools";
import { runs } from "@/tests/support/fuzz/runs";
import { type FaultProxy, startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/**
 * Any order of views, reads, late reads, the steps of several syncs, expired keys and views without Redis,
 * against a model that is a set of viewers for each post.
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
  { weight: 1, arbitrary: fc.record({ do: fc.constant("viewWithLostAnswer" as const), post, person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("syncAll" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface Modelled {
  id: string;
  base: number;
  viewers: Set<number>;
  /** Had viewed when the set of viewers expired and have not returned since: Redis takes them for new. */
  forgotten: Set<number>;
  /** How many more than the truth may be shown until all is synced: returned ones, and views written twice. */
  slack: number;
  lateRow: ViewRow | null;
  lastShown: number;
}

let people: Caller[];
let proxy: FaultProxy;

beforeAll(async () => {
  proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
  process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;
  people = await createPeople(PEOPLE);
});
afterAll(() => proxy.close());

describe("the views counter and its model", () => {
  it("agree in any order of things", { timeout: 120_000 }, async () => {
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
  private readonly held: { batch: ViewBatch; persisted: PersistResult | null }[] = [];
  /** Written without Redis, which has not been told yet. */
  private readonly untold = new Set<string>();

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
        forgotten: new Set(),
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
      case "viewWithLostAnswer": {
        const { seq } = at(people, each.person);
        const wanted = at(this.posts, each.post);
        const { posts } = await recordAndCount([{ postId: wanted.id, viewers: [seq] }]);
        this.untold.clear();
        if (posts[0]?.outcomes[0] === 1) this.counted(wanted, seq);
        return this.viewWithoutRedis(wanted, at(people, each.person));
      }
      case "read":
        return this.check(at(this.posts, each.post), await displayedCount(at(this.posts, each.post).id));
      case "readWithoutRedis": {
        const wanted = at(this.posts, each.post);
        return this.checkWithoutRedis(wanted, await withoutRedis(() => displayedCount(wanted.id)));
      }
      case "startLateRead":
        at(this.posts, each.post).lateRow = await viewRow(at(this.posts, each.post).id);
        return;
      case "endLateRead": {
        const wanted = at(this.posts, each.post);
        if (wanted.lateRow) this.check(wanted, await displayedCount(wanted.id, wanted.lateRow));
        return;
      }
      case "claim":
        return this.claim();
      case "expireLeases":
        return expireLeases();
      case "persist": {
        const share = this.held[each.which];
        if (share) share.persisted = await persistViews(share.batch.pairs, share.batch.id);
        return;
      }
      case "finish": {
        // Stays among the held ones, so that it may be finished again.
        const share = this.held[each.which];
        if (share?.persisted) await finishBatch(share.batch, share.persisted.posts);
        return;
      }
      case "expireMeta": {
        const wanted = at(this.posts, each.post);
        await expireViewKey("postMeta", wanted.id);
        // It lives a day longer than its version: nobody still carries a row from before.
        wanted.lateRow = null;
        for (const share of this.held) if (share.batch.postIds.includes(wanted.id)) share.persisted = null;
        return;
      }
      case "expireViewers": {
        const wanted = at(this.posts, each.post);
        await expireViewKey("postViews", wanted.id);
        for (const seq of wanted.viewers) wanted.forgotten.add(seq);
        return;
      }
      case "syncAll":
        return this.syncAll();
    }
  }

  async end(): Promise<void> {
    await this.syncAll();
    for (const wanted of this.posts) {
      const expected = wanted.base + wanted.viewers.size;
      expect(await displayedCount(wanted.id)).toBe(expected);
      expect(await persistedViews(wanted.id)).toEqual({
        views: expected,
        rows: wanted.viewers.size,
        base: wanted.base,
      });
    }
  }

  private async view(wanted: Modelled, { seq }: Caller): Promise<void> {
    const own = this.isOwn(wanted, seq);
    const before = wanted.viewers.has(seq);
    const view = await only(recordViews(seq, [wanted.id]));
    this.untold.clear();
    if (own) expect(view.status).toBe("own");
    else if (!before) expect(view.status).toBe("counted");
    else if (!wanted.forgotten.has(seq)) expect(view.status).toBe("repeated");
    if (view.status === "counted") this.counted(wanted, seq);
    this.check(wanted, view.viewsCount);
  }

  private async viewWithoutRedis(wanted: Modelled, { seq }: Caller): Promise<void> {
    const view = await withoutRedis(() => only(recordViews(seq, [wanted.id])));
    if (this.isOwn(wanted, seq)) {
      expect(view.status).toBe("own");
    } else {
      // It may be in a batch as well, whose size Redis goes on adding until that is finished.
      if (wanted.viewers.has(seq)) wanted.slack += this.timesHeld(wanted.id, seq);
      wanted.viewers.add(seq);
      this.untold.add(`${wanted.id}:${seq}`);
    }
    this.checkWithoutRedis(wanted, view.viewsCount);
  }

  /** Less than the truth, if Redis holds some of it, but no step back. */
  private checkWithoutRedis(wanted: Modelled, count: number): void {
    expect(count).toBeGreaterThanOrEqual(wanted.lastShown - wanted.slack);
    expect(count).toBeLessThanOrEqual(wanted.base + wanted.viewers.size + wanted.slack);
  }

  private async claim(): Promise<void> {
    const batch = await claimBatch(LEASE_MS);
    if (!batch) return;
    this.held.unshift({ batch, persisted: null });
    for (const { postId, viewerSeq } of batch.pairs) {
      const wanted = this.posts.find(({ id }) => id === postId);
      if (wanted && this.untold.has(`${postId}:${viewerSeq}`)) wanted.slack += 1;
    }
  }

  private async syncAll(): Promise<void> {
    await expireLeases();
    await syncViews({ source: "script" });
    this.held.length = 0;
    for (const wanted of this.posts) {
      wanted.slack = 0;
      this.check(wanted, await displayedCount(wanted.id));
    }
    this.untold.clear();
  }

  private counted(wanted: Modelled, seq: number): void {
    if (wanted.viewers.has(seq)) wanted.slack += 1;
    wanted.viewers.add(seq);
    wanted.forgotten.delete(seq);
  }

  private check(wanted: Modelled, count: number): void {
    this.untold.clear();
    const truth = wanted.base + wanted.viewers.size;
    expect(count).toBeGreaterThanOrEqual(truth);
    expect(count).toBeLessThanOrEqual(truth + wanted.slack);
    wanted.lastShown = count;
  }

  private isOwn(wanted: Modelled, seq: number): boolean {
    return at(people, this.posts.indexOf(wanted)).seq === seq;
  }

  private timesHeld(postId: string, seq: number): number {
    return this.held.filter(({ batch }) =>
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
