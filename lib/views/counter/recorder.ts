import { coalesce } from "../../core/coalesce";
import { log } from "../../core/log";
import { requestSync } from "../publish-changes";
import type { CountedPair, CountedRow, CounterDefinition } from "./definition";
import type { CountUpdate, createLiveCounts } from "./live-counts";

/** `counted`: a new view; `repeated`: seen before; `own`: the viewer is the author; `unknown`: no such post. */
export type ViewStatus = "counted" | "repeated" | "own" | "unknown";

export interface Recorded {
  postId: string;
  status: ViewStatus;
  /** 0 for an unknown post. */
  count: number;
}

/** Long enough to batch concurrent requests, too short to be noticed. */
const BATCH_WINDOW_MS = 3;
/** Keeps one script short, because it blocks Redis. */
const MAX_BATCH_SIZE = 500;

/**
 * Creates the function that counts one viewer's views of some posts, each once. Concurrent calls in one process share
 * one round trip. Without Redis the views are written to Postgres in one statement.
 *
 * The function returns one result per distinct post, in order. It throws when neither Redis nor Postgres recorded a
 * view, and is safe to repeat.
 *
 * @param publish  is given the counts that changed
 */
export function createRecorder<
  Viewer extends number | string,
  Row extends CountedRow,
  Pair extends CountedPair,
>(
  counter: CounterDefinition<Viewer, Row, Pair>,
  live: ReturnType<typeof createLiveCounts<Viewer, Row, Pair>>,
  publish: (counts: Iterable<readonly [postId: string, count: number]>) => void,
): (viewer: Viewer, postIds: readonly string[]) => Promise<Recorded[]> {
  interface IncomingView {
    viewer: Viewer;
    postId: string;
  }
  type Update = CountUpdate<Viewer, Row>;
  /** Result for one post's views; null when the post does not exist, an error when no backend answered. */
  type PostResult = { count: number; status: Map<Viewer, ViewStatus> } | null | Error;

  const recordBatched = coalesce(recordBatch, { windowMs: BATCH_WINDOW_MS, maxSize: MAX_BATCH_SIZE });

  /** Returns failures instead of throwing them: one failed post must not fail the whole batch. */
  async function recordBatch(incoming: IncomingView[]): Promise<(Recorded | Error)[]> {
    const updates = groupByPost(incoming);
    const results = await countInRedis(updates);
    const remaining = updates.filter(({ postId }) => !results.has(postId));
    for (const [postId, result] of await countInPostgres(remaining)) results.set(postId, result);

    publish(changedCounts(results));
    const reported = new Set<string>();
    return incoming.map(({ postId, viewer }) => {
      const result = results.get(postId);
      if (result instanceof Error) return result;
      if (!result) return { postId, status: "unknown", count: 0 };
      const status = result.status.get(viewer) ?? "repeated";
      // A view that is twice in one batch is counted once: only the first one reports `counted`.
      const viewKey = `${postId}:${viewer}`;
      const isDuplicate = reported.has(viewKey);
      reported.add(viewKey);
      return {
        postId,
        status: isDuplicate && status === "counted" ? "repeated" : status,
        count: result.count,
      };
    });
  }

  function* changedCounts(results: Map<string, PostResult>): Iterable<readonly [string, number]> {
    for (const [postId, result] of results) {
      if (result === null || result instanceof Error) continue;
      if ([...result.status.values()].includes("counted")) yield [postId, result.count];
    }
  }

  function groupByPost(incoming: IncomingView[]): Update[] {
    const viewersOf = new Map<string, Set<Viewer>>();
    for (const { postId, viewer } of incoming) {
      viewersOf.set(postId, (viewersOf.get(postId) ?? new Set()).add(viewer));
    }
    return [...viewersOf].map(([postId, viewers]) => ({ postId, viewers: [...viewers] }));
  }

  /** Leaves out posts that Redis could not count; views that it did record stay there, which is safe. */
  async function countInRedis(updates: Update[]): Promise<Map<string, PostResult>> {
    const results = new Map<string, PostResult>();
    try {
      const missing = await applyUpdates(results, updates);
      if (missing.length === 0) return results;
      const rows = await counter.loadRows(missing.map(({ postId }) => postId));
      for (const { postId } of missing) if (!rows.has(postId)) results.set(postId, null);
      await applyUpdates(
        results,
        missing.flatMap((entry) => {
          const row = rows.get(entry.postId);
          return row ? [{ ...entry, row }] : [];
        }),
      );
    } catch (error) {
      log().debug({ err: error }, "views written to Postgres: Redis unavailable");
    }
    return results;
  }

  /** @returns the posts that Redis does not have */
  async function applyUpdates(results: Map<string, PostResult>, updates: Update[]): Promise<Update[]> {
    const { dirtied, posts } = await live.recordAndCount(updates);
    if (dirtied) requestSync();
    return updates.filter(({ postId, viewers }, index) => {
      const postResult = posts[index];
      if (!postResult) return true;
      const status = new Map(
        viewers.map((viewer, i) => [viewer, STATUS_BY_OUTCOME[`${postResult.outcomes[i] ?? 0}`]]),
      );
      results.set(postId, { count: postResult.count, status });
      return false;
    });
  }

  async function countInPostgres(updates: Update[]): Promise<Map<string, PostResult>> {
    const pairs = updates.flatMap(({ postId, viewers }) =>
      viewers.flatMap((viewer) => counter.toPair(postId, viewer) ?? []),
    );
    try {
      const { posts } = await counter.persist(pairs, null);
      const viewersOf = new Map(updates.map(({ postId, viewers }) => [postId, viewers]));
      live.queueBackfill(
        posts.map((row) => ({ written: true, postId: row.id, row, viewers: viewersOf.get(row.id) ?? [] })),
      );
      return new Map(
        posts.map((post) => {
          const status = new Map<Viewer, ViewStatus>(post.inserted.map((viewer) => [viewer, "counted"]));
          for (const viewer of viewersOf.get(post.id) ?? [])
            if (counter.seqOf(viewer) === post.authorSeq) status.set(viewer, "own");
          return [post.id, { count: live.getFallbackCount(post.id, counter.countOf(post)), status }];
        }),
      );
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error("views not recorded", { cause });
      return new Map(updates.map(({ postId }) => [postId, error]));
    }
  }

  return async (viewer, postIds) => {
    const distinct = [...new Set(postIds)];
    return Promise.all(
      distinct.map(async (postId) => {
        const result = await recordBatched({ viewer, postId });
        if (result instanceof Error) throw result;
        return result;
      }),
    );
  };
}

const STATUS_BY_OUTCOME = { "1": "counted", "0": "repeated", "-1": "own" } as const;
