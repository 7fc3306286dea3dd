import { z } from "zod";
import { now } from "../../core/clock";
import { newId } from "../../core/ids";
import { log } from "../../core/log";
import { PendingReplay, redisService, type ScriptCall, ttlSeconds } from "../../redis";
import { recordAndCountViews } from "./count-script";
import type { CountedPair, CountedRow, CounterDefinition } from "./definition";

export interface CountUpdate<Viewer, Row> {
  postId: string;
  /** Updates Redis to this row, unless Redis has a newer one. */
  row?: Row | undefined;
  /** Without duplicates; empty only reads the count. */
  viewers: readonly Viewer[];
}

/** Views of one post that are in Postgres and may be missing in Redis. */
export interface Backfill<Viewer, Row> {
  /** Distinguishes it from a `CountUpdate`, whose views are not recorded yet. */
  written: true;
  postId: string;
  /** The post's row in Postgres after the write. */
  row: Row;
  viewers: readonly Viewer[];
}

export interface CountedPost {
  /** persisted + pending + claimed */
  count: number;
  /** One per viewer: 1 new, 0 seen before, -1 the author. */
  outcomes: (1 | 0 | -1)[];
}

export interface CountUpdateResult {
  /** This call added at least one post to the dirty posts. */
  dirtied: boolean;
  /** One per post, in order; null when Redis does not have the post and no row was given. */
  posts: (CountedPost | null)[];
}

const outcomeSchema = z.union([z.literal(1), z.literal(0), z.literal(-1)]);
const countedPostSchema = z
  .tuple([z.number().int()], outcomeSchema)
  .transform(([count, ...outcomes]): CountedPost => ({ count, outcomes }));
const replySchema = z
  .tuple([z.number().int()], countedPostSchema.nullable())
  .transform(([dirtied, ...posts]): CountUpdateResult => ({ dirtied: dirtied > 0, posts }));

/** A call of the script that is built and not sent yet; exactly one of the two functions follows it. */
interface PreparedUpdate {
  call: ScriptCall;
  finish(result: CountUpdateResult): CountUpdateResult;
  /** The call failed. */
  restore(): void;
}

/** Pending views of one post that are sealed together: a claim takes them at once, in about a millisecond. */
const VIEWS_TO_SEAL = 1_000;
/** Limits the queue to a few hundred kilobytes. A viewer beyond it who returns is counted twice until the next sync. */
const MAX_QUEUED_VIEWS = 10_000;
/** Keeps the script that applies them short. */
const MAX_BACKFILL_VIEWS = 500;
/** Limits the map to a few megabytes; a page shows twenty posts. */
const MAX_POSTS = 10_000;

/** Creates what records and reads one counter in Redis, with this process's memory of it. */
export function createLiveCounts<
  Viewer extends number | string,
  Row extends CountedRow,
  Pair extends CountedPair,
>({ keys, countOf }: CounterDefinition<Viewer, Row, Pair>) {
  type Update = CountUpdate<Viewer, Row>;
  type Entry = Backfill<Viewer, Row>;

  let viewsToSeal = VIEWS_TO_SEAL;
  const pendingBackfill = new PendingReplay<Entry>({
    maxSize: MAX_QUEUED_VIEWS,
    sizeOf: ({ viewers }) => viewers.length,
  });
  /** Post id -> count, least recently updated first. */
  const lastCounts = new Map<string, number>();

  /**
   * Records and reads the views of any number of posts in one round trip, together with the queued backfill.
   *
   * @throws {RedisUnavailableError} with an unknown outcome: the views may be recorded. Safe to repeat.
   */
  async function recordAndCount(updates: readonly Update[]): Promise<CountUpdateResult> {
    if (updates.length === 0) return { dirtied: false, posts: [] };
    const { call, finish, restore } = prepare(updates);
    let result: CountUpdateResult;
    try {
      result = await redisService().script(...call, replySchema);
    } catch (error) {
      restore();
      throw error;
    }
    return finish(result);
  }

  function prepare(updates: readonly Update[]): PreparedUpdate {
    const backfill = takeBackfill();
    return {
      call: toCall([...backfill, ...updates.map((update) => withNewestRow(update, backfill))]),
      restore: () => pendingBackfill.restore(backfill),
      finish: (result) => {
        const posts = result.posts.slice(backfill.length);
        for (const [index, { postId }] of updates.entries()) {
          const post = posts[index];
          if (post) rememberCount(postId, post.count);
        }
        return { dirtied: result.dirtied, posts };
      },
    };
  }

  function toCall(updates: readonly (Update | Entry)[]): ScriptCall {
    const sealId = newId();
    const scriptKeys: string[] = [keys.dirtyPosts(), keys.claims(), keys.sealed(), keys.sealedCounts()];
    const args: (string | number)[] = [
      ...[now(), ttlSeconds.postMeta, ttlSeconds.postViews],
      ...[sealId, viewsToSeal],
    ];
    for (const update of updates) {
      const { postId, row, viewers } = update;
      scriptKeys.push(keys.meta(postId), keys.viewers(postId), keys.pending(postId));
      scriptKeys.push(keys.sealedViewers(postId, sealId));
      args.push(postId, ...(row ? [1, row.authorSeq, countOf(row), row.version, row.batch ?? ""] : [0]));
      if ("written" in update) args.push(viewers.length, ...viewers, 0);
      else args.push(0, viewers.length, ...viewers);
    }
    return [recordAndCountViews, scriptKeys, args];
  }

  /** Prepares to read the counts of rows just read from Postgres; null for no rows. See `readTogether`. */
  function prepareRead(rows: readonly Row[]): PreparedUpdate | null {
    return rows.length === 0 ? null : prepare(rows.map((row) => ({ postId: row.id, row, viewers: [] })));
  }

  /** @param result  null when Redis did not answer. @returns post id -> count */
  function toCounts(rows: readonly Row[], result: CountUpdateResult | null): Map<string, number> {
    return new Map(
      rows.map((row, index) => [
        row.id,
        result ? (result.posts[index]?.count ?? countOf(row)) : getFallbackCount(row.id, countOf(row)),
      ]),
    );
  }

  /**
   * Queues views that were written to Postgres directly, until `recordAndCount` sends them to Redis. Without them Redis
   * would count returning viewers again, and a view that reached Redis with an unknown outcome would be counted twice
   * until the next sync. The queue is in memory: a crash has that effect.
   */
  function queueBackfill(entries: readonly Entry[]): void {
    pendingBackfill.add(entries.flatMap(splitViewers));
  }

  /** Takes a batch from the queue. */
  function takeBackfill(): Entry[] {
    return pendingBackfill.take(MAX_BACKFILL_VIEWS);
  }

  /** Stores the last count that Redis returned for a post, in this process. */
  function rememberCount(postId: string, count: number): void {
    lastCounts.delete(postId);
    lastCounts.set(postId, count);
    if (lastCounts.size <= MAX_POSTS) return;
    for (const oldest of lastCounts.keys()) {
      lastCounts.delete(oldest);
      break;
    }
  }

  /**
   * The count to show without Redis. Postgres lacks the views that are pending in Redis, so its count alone could be
   * below the one published before.
   */
  function getFallbackCount(postId: string, persisted: number): number {
    return Math.max(persisted, lastCounts.get(postId) ?? 0);
  }

  /** For tests. @returns a function that restores it */
  function setViewsToSealForTest(size: number): () => void {
    viewsToSeal = size;
    return () => {
      viewsToSeal = VIEWS_TO_SEAL;
    };
  }

  return {
    recordAndCount,
    prepareRead,
    toCounts,
    queueBackfill,
    takeBackfill,
    rememberCount,
    getFallbackCount,
    setViewsToSealForTest,
  };
}

/** A reader's row may be older than one that this process wrote; Redis must not be initialized with the older one. */
function withNewestRow<Viewer, Row extends CountedRow>(
  update: CountUpdate<Viewer, Row>,
  backfill: readonly Backfill<Viewer, Row>[],
): CountUpdate<Viewer, Row> {
  let { row } = update;
  if (!row) return update;
  for (const { postId, row: newer } of backfill) {
    if (postId === update.postId && newer.version > row.version) row = newer;
  }
  return { ...update, row };
}

function splitViewers<Viewer, Row>(entry: Backfill<Viewer, Row>): Backfill<Viewer, Row>[] {
  const parts: Backfill<Viewer, Row>[] = [];
  for (let from = 0; from < entry.viewers.length; from += MAX_BACKFILL_VIEWS)
    parts.push({ ...entry, viewers: entry.viewers.slice(from, from + MAX_BACKFILL_VIEWS) });
  return parts;
}

/**
 * Sends prepared reads of several counters in one round trip.
 * @returns one result per read, null for null; all null when Redis does not answer
 */
export async function readTogether(
  reads: readonly (PreparedUpdate | null)[],
): Promise<(CountUpdateResult | null)[]> {
  const sent = reads.filter((read) => read !== null);
  try {
    const calls = sent.map(({ call }) => call);
    const [only] = calls;
    const results =
      only && calls.length === 1
        ? [await redisService().script(...only, replySchema)]
        : await redisService().scriptPipeline(calls, replySchema);
    return reads.map((read) => {
      const result = read && results.shift();
      return read && result ? read.finish(result) : null;
    });
  } catch (error) {
    for (const read of sent) read.restore();
    log().debug({ err: error }, "counts read from Postgres: Redis unavailable");
    return reads.map(() => null);
  }
}
