import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { newId } from "@/lib/core/ids";
import { keys, redis, redisService } from "@/lib/redis";
import { getViewCounts, getViewSyncState, syncViews } from "@/lib/views";
import { claimViews } from "@/lib/views/counter/batch-scripts";
import { claimBatch, finishBatch, type ViewBatch } from "@/lib/views/sync-views";
import { liveViews } from "@/lib/views/view-counter";
import { EngineConnection } from "@/local/redis/engine-connection";
import { parseRedisUrl } from "@/local/redis/redis-address";
import { createPeople, createPerson, createTestPost, persistedViews } from "@/tests/support/factories/people";
import {
  addWaitingViews,
  expireLeases,
  recordNewViewers,
  viewRow,
} from "@/tests/support/factories/view-tools";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";
import { workerStack } from "@/tests/support/stack/worker-stack";

/** A post with a million waiting views: what its claims cost, and how long scripts occupy Redis meanwhile. */

requireRealStack();

const LEASE_MS = 60_000;
const FEW = 1_000;
const MANY = 1_000_000;
/** Far above the users that exist: these views are never synced. */
const FIRST_SEQ = 1_000_000_000;
/** As many as lib/views sends in one call. */
const VIEWS_PER_CALL = 500;
const ROUNDS = 9;
/**
 * Of Redis' time for a claim, at a thousand times as many waiting views. A claim that read them would take hundreds of
 * times; a large set outside the processor's caches takes up to 1.6 times on a busy machine.
 */
const MAX_GROWTH = 3;
const MAX_SCRIPT_MS = 20;

let engine: EngineConnection;
beforeAll(async () => {
  engine = await EngineConnection.open(parseRedisUrl(workerStack().redisUrl));
});
beforeEach(() => redis().flushdb());
afterAll(() => engine.close());

interface ScriptCost {
  /** Scripts, and commands in them. */
  commands: number;
  /** Time of the scripts in Redis. */
  ms: number;
}

async function scriptCost(work: () => Promise<unknown>): Promise<ScriptCost> {
  const read = async () => String(await engine.send(["INFO", "commandstats"]));
  await engine.send(["CONFIG", "RESETSTAT"]);
  await work();
  const stats = [...(await read()).matchAll(/^cmdstat_([^:]+):calls=(\d+),usec=(\d+)/gm)];
  const commands = stats.reduce(
    (sum, [, name = "", calls]) => (/^(info|config|ping)/.test(name) ? sum : sum + Number(calls)),
    0,
  );
  const usec = stats.reduce(
    (sum, [, name, , time]) => (name?.startsWith("eval") ? sum + Number(time) : sum),
    0,
  );
  return { commands, ms: usec / 1_000 };
}

/** The lowest time of several rounds, since other processes use the machine. */
function lowest(costs: readonly ScriptCost[]): number {
  return Math.min(...costs.map(({ ms }) => ms));
}

let nextSeq = FIRST_SEQ;

/** Lets new viewers, who do not exist, view a post. */
async function fillPost(post: string, size: number): Promise<void> {
  const row = await viewRow(post);
  for (let recorded = 0; recorded < size; recorded += VIEWS_PER_CALL) {
    const viewers = Array.from({ length: VIEWS_PER_CALL }, () => nextSeq++);
    await liveViews.recordAndCount([{ postId: post, row, viewers }]);
  }
}

/** What the same views would leave in Redis, written directly because there are so many. */
async function fillSealed(post: string, size: number): Promise<void> {
  for (let sealed = 0; sealed < size; sealed += FEW) {
    const viewers = Array.from({ length: FEW }, () => nextSeq++);
    const sealId = newId();
    await redis().sendPipeline([
      ["SADD", keys.postViews(post), ...viewers],
      ["SADD", keys.sealedViewers(post, sealId), ...viewers],
      ["ZADD", keys.sealedViews, Date.now(), `${post}:${sealId}:${FEW}`],
    ]);
  }
  await redis().hincrby(keys.sealedCounts, post, size);
  await addWaitingViews(post, size);
}

async function claim(): Promise<ViewBatch> {
  const batch = await claimBatch(LEASE_MS);
  if (!batch) throw new Error("nothing was claimed");
  return batch;
}

describe("a million waiting views of one post", () => {
  it("are claimed by the same commands, in about the same time, as a thousand, and no script takes long", async () => {
    const post = await createTestPost(await createPerson("artist"));
    const row = await viewRow(post);
    const measureClaim = async () => {
      let batch: ViewBatch | undefined;
      const cost = await scriptCost(async () => {
        batch = await claim();
      });
      expect(batch?.pairs).toHaveLength(FEW);
      // Postgres has none of these viewers: as if the post's row had not changed.
      if (batch) await finishBatch(batch, [{ ...row, inserted: [] }]);
      return cost;
    };
    await fillPost(post, FEW);
    await measureClaim(); // Loads the scripts.
    const few: ScriptCost[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await fillPost(post, FEW);
      few.push(await measureClaim());
    }

    await fillPost(post, FEW);
    await fillSealed(post, MANY);
    const many: ScriptCost[] = [];
    for (let round = 0; round < ROUNDS; round += 1) many.push(await measureClaim());
    expect(many[0]?.commands).toBe(few[0]?.commands);
    expect(lowest(many) / lowest(few)).toBeLessThanOrEqual(MAX_GROWTH);

    // Everything else that touches the post; its set of viewers ends between the two views.
    const viewer = await createPerson();
    const steps: [string, () => Promise<unknown>][] = [
      ["a view", () => liveViews.recordAndCount([{ postId: post, viewers: [nextSeq++] }])],
      ["five hundred views", () => fillPost(post, VIEWS_PER_CALL)],
      ["a read", () => getViewCounts([row])],
      [
        "a claim whose end deletes the set of viewers",
        async () => {
          await redis().expire(keys.postViews(post), 60);
          await finishBatch(await claim(), [{ ...row, inserted: [] }]);
        },
      ],
      [
        "views that begin a new set of viewers",
        () => liveViews.recordAndCount([{ postId: post, viewers: [nextSeq++, nextSeq++] }]),
      ],
      ["a claim", async () => finishBatch(await claim(), [{ ...row, inserted: [] }])],
      ["the state", getViewSyncState],
    ];
    for (const [step, work] of steps) {
      const { ms } = await scriptCost(work);
      expect(ms, step).toBeLessThanOrEqual(MAX_SCRIPT_MS);
    }
    expect(await redis().ttl(keys.postViews(post))).toBeGreaterThan(80_000);
    expect(await redis().scard(keys.postViews(post))).toBe(2);
    // Its pending views are known although the set of viewers is new.
    const seen = String(await redis().srandmember(keys.postPendingViews(post)));
    const again = await liveViews.recordAndCount([{ postId: post, viewers: [Number(seen), viewer.seq] }]);
    expect(again.posts[0]?.outcomes).toEqual([0, 1]);

    const { ms: deletionMs } = await scriptCost(async () => finishBatch(await claim(), []));
    expect(deletionMs, "the end of a deleted post").toBeLessThanOrEqual(MAX_SCRIPT_MS);
    expect(await redis().exists(keys.postViews(post), keys.postPendingViews(post))).toBe(0);
  });
});

it("views that an earlier version left pending, in one large set, are synced", async () => {
  const post = await createTestPost(await createPerson("artist"));
  await getViewCounts([await viewRow(post)]);
  const viewers = (await createPeople(6_000)).map(({ seq }) => seq);
  await redis().sendPipeline([
    ["SADD", keys.postViews(post), ...viewers],
    ["SADD", keys.postPendingViews(post), ...viewers],
    ["ZADD", keys.dirtyPosts, Date.now(), post],
  ]);
  await addWaitingViews(post, viewers.length);
  await recordNewViewers(post, 10);
  expect(await syncViews({ source: "script" })).toMatchObject({ syncedViews: 6_010 });
  expect(await persistedViews(post)).toEqual({ views: 6_010, rows: 6_010, base: 0 });
  expect((await getViewCounts([await viewRow(post)])).get(post)).toBe(6_010);
});

describe("a batch of several calls", () => {
  it("is one batch, which another sync takes over as a whole", async () => {
    const post = await createTestPost(await createPerson("artist"));
    const viewers = await recordNewViewers(post, 2_500);
    const batch = await claimBatch(1, 10_000);
    expect(batch?.pairs.map(({ viewerSeq }) => viewerSeq).sort((a, b) => a - b)).toEqual(
      viewers.sort((a, b) => a - b),
    );
    expect(await getViewSyncState()).toMatchObject({
      pendingViews: 0,
      claimedBatches: 1,
      claimedViews: 2_500,
    });
    await expireLeases();
    const taken = await claimBatch(LEASE_MS);
    expect(taken?.id).toBe(batch?.id);
    expect(taken?.pairs).toHaveLength(2_500);
    await expireLeases();
    await syncViews({ source: "script" });
    expect(await persistedViews(post)).toEqual({ views: 2_500, rows: 2_500, base: 0 });
  });

  it("takes no more views once another sync has taken it over", async () => {
    const post = await createTestPost(await createPerson("artist"));
    // Fewer than are sealed together.
    await recordNewViewers(post, 900);
    const batch = await claim();
    await recordNewViewers(post, 500);
    const extend = (deadline: string) =>
      redisService().script(
        claimViews,
        [
          ...[keys.dirtyPosts, keys.viewBatches, keys.viewClaims, keys.viewBatch(batch.id)],
          keys.postPendingViews(post),
        ],
        [batch.id, LEASE_MS, deadline, 100, post],
        z.array(z.unknown()),
      );
    const deadline = String(await redis().zscore(keys.viewBatches, batch.id));
    expect(await extend(deadline)).toHaveLength(4);
    await expireLeases();
    const taken = await claim();
    expect(taken.id).toBe(batch.id);
    expect(taken.pairs).toHaveLength(1_000);
    expect(await extend(deadline)).toEqual([]);
    expect(await getViewSyncState()).toMatchObject({ pendingViews: 400, claimedViews: 1_000 });
    await expireLeases();
    await syncViews({ source: "script" });
    expect(await persistedViews(post)).toEqual({ views: 1_400, rows: 1_400, base: 0 });
  });
});
