import { now } from "../../core/clock";
import { newId } from "../../core/ids";
import { PendingReplay, redisService, type ScriptCall, ttlSeconds } from "../../redis";
import {
  type CountUpdateResult,
  type PreparedUpdate,
  recordAndCountViews,
  replySchema,
} from "./count-script";
import type { CountedPair, CountedRow, CounterDefinition } from "./definition";
import { type PublishedCount, parseMeta } from "./meta";

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

/** A read of one counter's counts; `../read-counts.ts` sends those of both counters together. */
export interface PreparedRead {
  /** Keys of the metas, one per row; none while something waits to be written to Redis first. */
  metaKeys: string[];
  /** @param metas  as Redis has them. @returns what is left to read by the script; null when nothing is */
  applyMetas(metas: readonly unknown[]): PreparedUpdate | null;
  /** Call it at the end, also after a failure. @returns post id -> count */
  toCounts(): Map<string, number>;
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
  /** Post id -> what Redis had last, least recently updated first. */
  const lastCounts = new Map<string, PublishedCount>();

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
          if (post) rememberCount(postId, post);
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
      ...[sealId, viewsToSeal, expectedMeta(updates)],
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

  /** The meta of the only post, if the call has one view of one post, and this process knows it; else ''. */
  function expectedMeta([update, ...others]: readonly (Update | Entry)[]): string {
    if (!update || others.length > 0 || update.row || update.viewers.length !== 1) return "";
    return lastCounts.get(update.postId)?.meta ?? "";
  }

  /** Prepares to read the counts of rows just read from Postgres; null for no rows. See `readTogether`. */
  function prepareRead(rows: readonly Row[]): PreparedRead | null {
    if (rows.length === 0) return null;
    const counts = new Map<string, number>();
    return {
      metaKeys: pendingBackfill.isEmpty ? rows.map(({ id }) => keys.meta(id)) : [],
      applyMetas: (metas) => {
        const remaining: Update[] = [];
        for (const [index, row] of rows.entries()) {
          const published = parseMeta(metas[index]);
          // One below what this process has read is a replica's.
          const isCurrent =
            published &&
            published.version >= row.version &&
            published.count >= (lastCounts.get(row.id)?.count ?? 0) &&
            now() < (published.repairAt ?? Number.POSITIVE_INFINITY);
          if (isCurrent) {
            counts.set(row.id, published.count);
            rememberCount(row.id, published);
          } else remaining.push({ postId: row.id, row, viewers: [] });
        }
        if (remaining.length === 0) return null;
        const update = prepare(remaining);
        return {
          ...update,
          finish: (result) => {
            const finished = update.finish(result);
            for (const [index, { postId }] of remaining.entries()) {
              const post = finished.posts[index];
              if (post) counts.set(postId, post.count);
            }
            return finished;
          },
        };
      },
      toCounts: () =>
        new Map(rows.map((row) => [row.id, counts.get(row.id) ?? getFallbackCount(row.id, countOf(row))])),
    };
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

  /** Stores what Redis returned last for a post, in this process. */
  function rememberCount(postId: string, published: PublishedCount): void {
    lastCounts.delete(postId);
    lastCounts.set(postId, published);
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
    return Math.max(persisted, lastCounts.get(postId)?.count ?? 0);
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
