import { z } from "zod";
import { now } from "../../core/clock";
import { failpoint } from "../../core/failpoint";
import { newId } from "../../core/ids";
import { type RedisScript, redisService, ttlSeconds } from "../../redis";
import { claimSealedViews, claimViews, findViewsToSync, takeOverViews } from "./batch-scripts";
import type { CountedPair, CountedRow, CounterDefinition, PersistedRow } from "./definition";
import { finishViews } from "./finish-script";

/** A claimed batch: no other batch has views of these posts until it is finished. */
export interface Batch<Pair> {
  id: string;
  /** The sync that claimed it died, or is slower than its lease. */
  takenOver: boolean;
  postIds: string[];
  pairs: Pair[];
}

/** Views of one script call, about a millisecond of Redis. */
const MAX_VIEWS_PER_CALL = 1_000;
/** Limit of row locks of one statement; the scripts accept no more. */
const MAX_POSTS = 1_000;

/** Sealed views that a sync looks at to find some of posts that are not claimed. */
const MAX_SEALED_FOUND = 100;

/** What a sync can do: expired batches, sealed views, dirty posts; see `findViewsToSync`. */
export type FoundWork = [expiredBatches: string[], sealed: string[], posts: string[]];

export const foundWorkSchema: z.ZodType<FoundWork> = z.tuple([
  z.array(z.string()),
  z.array(z.string()),
  z.array(z.string()),
]);

export const isNothing = (found: FoundWork): boolean => found.every((part) => part.length === 0);

/** Creates what claims and finishes the batches of one counter. */
export function createBatches<
  Viewer extends number | string,
  Row extends CountedRow,
  Pair extends CountedPair,
>({ keys, countOf, toPair }: CounterDefinition<Viewer, Row, Pair>) {
  /** The script call that finds what can be claimed. */
  function findCall() {
    const scriptKeys = [keys.dirtyPosts(), keys.batches(), keys.claims(), keys.sealed()];
    return [findViewsToSync, scriptKeys, [MAX_POSTS, MAX_SEALED_FOUND]] as const;
  }

  /**
   * Claims the next batch: one whose lease has expired, else pending views.
   *
   * @param leaseMs  time after which another sync may take the batch over
   * @param maxViews  limit of a new batch; by default what one script call takes
   * @returns null when nothing is pending
   */
  async function claimBatch(leaseMs: number, maxViews = MAX_VIEWS_PER_CALL): Promise<Batch<Pair> | null> {
    for (;;) {
      const found = await redisService().script(...findCall(), foundWorkSchema);
      if (isNothing(found)) return null;
      const batch = await claimFound(found, leaseMs, maxViews);
      if (batch) return batch;
    }
  }

  /**
   * Claims a batch of what was found.
   * @returns null when others were faster, or the posts had no views left; either way they are not found again
   */
  async function claimFound(
    [expiredBatches, sealed, posts]: FoundWork,
    leaseMs: number,
    maxViews: number,
  ): Promise<Batch<Pair> | null> {
    for (const id of expiredBatches) {
      const contents = await redisService().script(
        takeOverViews,
        [keys.batches(), keys.claims(), keys.batch(id), keys.dirtyPosts()],
        [id, leaseMs],
        z.array(z.string()),
      );
      if (contents.length > 0) return toBatch(id, true, contents);
    }
    return expiredBatches.length > 0 ? null : claimNewBatch(sealed, posts, leaseMs, maxViews);
  }

  /**
   * Fills a new batch: one call, then as many in one request as the batch has room for. Sealed views first, a set each;
   * one call of a full batch is left to posts with few views, so that a backlog does not hold them up.
   *
   * @returns null when the posts have no views left, or others have claimed them
   */
  async function claimNewBatch(
    sealed: readonly string[],
    posts: readonly string[],
    leaseMs: number,
    maxViews: number,
  ): Promise<Batch<Pair> | null> {
    const id = newId();
    const maxCalls = Math.max(1, Math.floor(maxViews / MAX_VIEWS_PER_CALL));
    const maxSealed = posts.length > 0 && maxCalls > 1 ? maxCalls - 1 : maxCalls;
    const calls = sealed.slice(0, maxSealed).map((views) => sealedClaim(id, leaseMs, views));
    if (calls.length < maxCalls && posts.length > 0) calls.push(pendingClaim(id, leaseMs, posts));

    const claimed: ClaimedViews[] = [];
    const [firstCall, ...laterCalls] = calls;
    if (!firstCall) return null;
    const first = await redisService().script(firstCall.script, ...firstCall.run(""), claimReplySchema);
    if (first === null) return null;
    claimed.push(first);
    await failpoint("views.sync.claiming");
    if (first.contents.length > 0) {
      const { deadline, processedPosts } = first;
      if (calls.length === 1 && firstCall.script === claimViews) {
        for (const group of groupPosts(posts, processedPosts, maxCalls - 1))
          laterCalls.push(pendingClaim(id, leaseMs, group));
      }
      const replies = await redisService().scriptPipeline(
        laterCalls.map(({ script, run }) => [script, ...run(deadline)] as const),
        claimReplySchema,
      );
      claimed.push(...replies.filter((reply) => reply !== null));
    }
    const contents = claimed.flatMap((views) => views.contents);
    return contents.length === 0 ? null : toBatch(id, false, contents);
  }

  /** @param views  `postId:sealId:size` */
  function sealedClaim(batchId: string, leaseMs: number, views: string): Claim {
    const [postId = "", sealId = "", size = ""] = views.split(":");
    const claimKeys = [
      ...[keys.sealed(), keys.batches(), keys.claims(), keys.batch(batchId), keys.sealedCounts()],
      keys.sealedViewers(postId, sealId),
    ];
    return {
      script: claimSealedViews,
      run: (deadline) => [claimKeys, [batchId, leaseMs, deadline, views, postId, size]],
    };
  }

  function pendingClaim(batchId: string, leaseMs: number, posts: readonly string[]): Claim {
    const claimKeys = [
      ...[keys.dirtyPosts(), keys.batches(), keys.claims(), keys.batch(batchId)],
      ...posts.map((post) => keys.pending(post)),
    ];
    return {
      script: claimViews,
      run: (deadline) => [claimKeys, [batchId, leaseMs, deadline, MAX_VIEWS_PER_CALL, ...posts]],
    };
  }

  function toBatch(id: string, takenOver: boolean, contents: readonly string[]): Batch<Pair> {
    const postIds = new Set<string>();
    const pairs: Pair[] = [];
    for (let index = 0; index + 1 < contents.length; index += 2) {
      const postId = contents[index] ?? "";
      postIds.add(postId);
      for (const viewer of (contents[index + 1] ?? "").split(",")) {
        // Postgres would refuse the whole batch for one value that is no id.
        const pair = toPair(postId, viewer);
        if (pair) pairs.push(pair);
      }
    }
    return { id, takenOver, postIds: [...postIds], pairs };
  }

  /** Deletes a batch that is in Postgres and updates the counts. Atomic. Safe to repeat. */
  async function finishBatch(
    batch: Batch<Pair>,
    persisted: readonly PersistedRow<Viewer, Row>[],
  ): Promise<void> {
    const rows = new Map(persisted.map((post) => [post.id, post]));
    const scriptKeys: string[] = [
      ...[keys.dirtyPosts(), keys.batches(), keys.claims(), keys.batch(batch.id)],
      keys.sealedCounts(),
    ];
    const args: (string | number)[] = [batch.id, ttlSeconds.postMeta, ttlSeconds.postViews, now()];
    for (const postId of batch.postIds) {
      const row = rows.get(postId);
      scriptKeys.push(keys.meta(postId), keys.viewers(postId), keys.pending(postId));
      args.push(postId, ...(row ? [row.authorSeq, countOf(row), row.version] : [""]));
    }
    await redisService().script(finishViews, scriptKeys, args, z.int());
  }

  return { findCall, claimBatch, claimFound, finishBatch };
}

/** The views of one script call. */
interface ClaimedViews {
  /** Of the batch, by Redis' clock (ms); it fences the later calls for the batch. */
  deadline: string;
  /** How many of the posts have no further views, or are another batch's. */
  processedPosts: number;
  /** post, viewers (`1,5,9`), post, viewers, … */
  contents: string[];
}

const claimReplySchema = z.union([
  z.tuple([]).transform(() => null),
  z.tuple([z.string(), z.int()], z.string()).transform(
    ([deadline, processedPosts, ...contents]): ClaimedViews => ({
      deadline,
      processedPosts,
      contents,
    }),
  ),
]);

/** A script call for a batch, given the batch's deadline ('' in the first call). */
interface Claim {
  script: RedisScript;
  run(deadline: string): [keys: string[], args: (string | number)[]];
}

/** The posts of the calls after the first one. Each call takes views of its first posts until it has its fill. */
function groupPosts(posts: readonly string[], processedPosts: number, maxGroups: number): string[][] {
  const remaining = posts.slice(processedPosts);
  if (remaining.length === 0) return [];
  // The first post alone gave the first call its fill, so it may give the others theirs.
  if (processedPosts === 0) return Array.from({ length: maxGroups }, () => remaining.slice(0, 1));
  const groups: string[][] = [];
  for (let from = 0; from < remaining.length && groups.length < maxGroups; from += processedPosts)
    groups.push(remaining.slice(from, from + processedPosts));
  return groups;
}
