import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { setClock } from "@/lib/core/clock";
import { keys, redis, resetRedisForTest } from "@/lib/redis";
import { recordPlay, syncViews } from "@/lib/views";
import { livePlays, type PlayRow, persistPlays } from "@/lib/views/play-counter";
import { playBatches } from "@/lib/views/sync-views";
import { createPeople, createTestPost } from "@/tests/support/factories/people";
import { displayedPlays, persistedPlays, playRow } from "@/tests/support/factories/play-tools";
import { runs } from "@/tests/support/fuzz/runs";
import { type FaultProxy, startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/**
 * Any order of plays, hours, reads, late reads, steps of several syncs, expired keys and plays without Redis, against a
 * model that is a set of `seq:hour` for each post. The engine is the views' (model.test.ts): this model has what is
 * the plays' own, the hour, and checks that the count never dips.
 */

const HOUR_MS = 3_600_000;
const POSTS = 2;
const PEOPLE = 3;
const RUNS = runs(30);

const post = fc.nat(POSTS - 1);
const person = fc.nat(PEOPLE - 1);
const which = fc.nat(2);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("play" as const), post, person }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("nextHour" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("read" as const), post }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("startLateRead" as const), post }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("endLateRead" as const), post }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("claim" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expireLeases" as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("persist" as const), which }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("finish" as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expireMeta" as const), post }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("playWithoutRedis" as const), post, person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("syncAll" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface Modelled {
  id: string;
  plays: Set<string>;
  /** Plays that Postgres has and a batch may have too: its size counts until it is finished. */
  slack: number;
  lateRow: PlayRow | null;
  shown: number;
}

type ClaimedBatch = NonNullable<Awaited<ReturnType<typeof playBatches.claimBatch>>>;
type Persisted = Awaited<ReturnType<typeof persistPlays>>["posts"];

let people: Caller[];
let proxy: FaultProxy;
let time = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

beforeAll(async () => {
  proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
  process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;
  people = await createPeople(PEOPLE);
});
afterAll(() => proxy.close());

describe("the plays counter and its model", () => {
  it.each([
    ["few plays", 1_000],
    ["plays that are sealed, two at a time", 2],
  ])("agree in any order of steps, with %s", async (_, sealSize) => {
    onTestFinished(livePlays.setViewsToSealForTest(sealSize));
    onTestFinished(setClock({ now: () => time }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const run = await Run.start();
        for (const each of steps) await run.take(each);
        await run.end();
      }),
      { numRuns: RUNS },
    );
  });
});

class Run {
  private readonly claimed: { batch: ClaimedBatch; persisted: Persisted | null }[] = [];

  private constructor(private readonly posts: Modelled[]) {}

  static async start(): Promise<Run> {
    await redis().flushdb();
    const ids = await Promise.all(people.slice(0, POSTS).map((author) => createTestPost(author)));
    return new Run(ids.map((id) => ({ id, plays: new Set(), slack: 0, lateRow: null, shown: 0 })));
  }

  async take(each: Step): Promise<void> {
    const target = "post" in each ? at(this.posts, each.post) : at(this.posts, 0);
    switch (each.do) {
      case "play":
        return this.play(target, at(people, each.person));
      case "playWithoutRedis":
        return this.playWithoutRedis(target, at(people, each.person));
      case "nextHour":
        time += HOUR_MS;
        return;
      case "read":
        return this.check(target, await displayedPlays(target.id));
      case "startLateRead":
        target.lateRow = await playRow(target.id);
        return;
      case "endLateRead":
        if (target.lateRow) this.check(target, await displayedPlays(target.id, target.lateRow));
        return;
      case "claim": {
        const batch = await playBatches.claimBatch(60_000);
        if (batch) this.claimed.unshift({ batch, persisted: null });
        return;
      }
      case "expireLeases":
        return expireLeases();
      case "persist": {
        const share = this.claimed[each.which];
        if (share) share.persisted = (await persistPlays(share.batch.pairs, share.batch.id)).posts;
        return;
      }
      case "finish": {
        // Stays in the list, so that it may be finished again.
        const share = this.claimed[each.which];
        if (share?.persisted) await playBatches.finishBatch(share.batch, share.persisted);
        return;
      }
      case "expireMeta":
        await redis().del(keys.postPlayMeta(target.id));
        // The key lives a day longer than its version, so no reader has a row from before.
        target.lateRow = null;
        for (const share of this.claimed) if (share.batch.postIds.includes(target.id)) share.persisted = null;
        return;
      case "syncAll":
        return this.syncAll();
    }
  }

  async end(): Promise<void> {
    await this.syncAll();
    for (const { id, plays } of this.posts) {
      expect(await displayedPlays(id)).toBe(plays.size);
      expect(await persistedPlays(id)).toEqual({ plays: plays.size, rows: plays.size });
    }
  }

  private async play(target: Modelled, { seq }: Caller): Promise<void> {
    const member = toMember(seq);
    const { status, count } = await recordPlay(seq, target.id);
    if (this.isOwn(target, seq)) expect(status).toBe("own");
    else expect(status).toBe(target.plays.has(member) ? "repeated" : "counted");
    if (status === "counted") target.plays.add(member);
    this.check(target, count);
  }

  private async playWithoutRedis(target: Modelled, { seq }: Caller): Promise<void> {
    await proxy.set("refuse");
    const play = await recordPlay(seq, target.id).finally(async () => {
      await proxy.set("pass");
      // A breaker that has just opened would make the next step wait.
      resetRedisForTest();
    });
    if (this.isOwn(target, seq)) expect(play.status).toBe("own");
    else {
      // It may also be pending, sealed or claimed; only of pending ones does the next call know.
      if (target.plays.has(toMember(seq))) target.slack += 1 + this.claimed.length;
      target.plays.add(toMember(seq));
      expect((await persistedPlays(target.id)).rows).toBeGreaterThan(0);
    }
    expect(play.count).toBeGreaterThanOrEqual(target.shown - target.slack);
    // The play is in Redis before a sync can claim what else waits there.
    await displayedPlays(target.id);
  }

  private async syncAll(): Promise<void> {
    await expireLeases();
    await syncViews({ source: "script" });
    this.claimed.length = 0;
    for (const target of this.posts) {
      target.slack = 0;
      this.check(target, await displayedPlays(target.id));
    }
  }

  private check(target: Modelled, count: number): void {
    expect(count).toBeGreaterThanOrEqual(target.plays.size);
    expect(count).toBeLessThanOrEqual(target.plays.size + target.slack);
    target.shown = count;
  }

  private isOwn(target: Modelled, seq: number): boolean {
    return at(people, this.posts.indexOf(target)).seq === seq;
  }
}

const toMember = (seq: number): string => `${seq}:${Math.floor(time / HOUR_MS)}`;

async function expireLeases(): Promise<void> {
  for (const member of await redis().zrange<string[]>(keys.playBatches, 0, -1))
    await redis().zadd(keys.playBatches, { score: 0, member });
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no item ${index}`);
  return item;
}
