import { z } from "zod";
import { newId } from "../core/ids";
import { keys, redisService, ttlSeconds } from "../redis";
import type { PersistedPost, ViewPair } from "./persist-views";
import { claimViews, finishViews } from "./scripts";

/** A claimed batch: no other batch has views of these posts until it is finished. */
export interface ViewBatch {
  id: string;
  /** The sync that claimed it died, or is slower than its lease. */
  takenOver: boolean;
  postIds: string[];
  pairs: ViewPair[];
}

/** What one SQL statement handles well. */
const MAX_VIEWS = 10_000;
/** Limit of row locks of one statement; the scripts accept no more. */
const MAX_POSTS = 1_000;

const claimReplySchema = z.union([
  z.tuple([]).transform(() => null),
  z.tuple([z.string(), z.int()], z.string()),
]);

/**
 * Claims the next batch: one whose lease has expired, else up to 10,000 pending views.
 *
 * @param leaseMs  time after which another sync may take the batch over
 * @returns null when nothing is pending
 */
export async function claimBatch(leaseMs: number): Promise<ViewBatch | null> {
  const [keyPrefix = "", keySuffix = ""] = keys.postPendingViews("\n").split("\n");
  const reply = await redisService().script(
    claimViews,
    [keys.dirtyPosts, keys.viewBatches, keys.viewClaims],
    [newId(), leaseMs, MAX_VIEWS, MAX_POSTS, keys.viewBatch(""), keyPrefix, keySuffix],
    claimReplySchema,
  );
  if (!reply) return null;
  const [id, takenOver, ...claimedPosts] = reply;
  const postIds: string[] = [];
  const pairs: ViewPair[] = [];
  for (let index = 0; index + 1 < claimedPosts.length; index += 2) {
    const postId = claimedPosts[index] ?? "";
    postIds.push(postId);
    for (const viewer of (claimedPosts[index + 1] ?? "").split(","))
      pairs.push({ postId, viewerSeq: Number(viewer) });
  }
  return { id, takenOver: takenOver === 1, postIds, pairs };
}

/** Deletes a batch that is in Postgres and updates the counts. Atomic. Safe to repeat. */
export async function finishBatch(batch: ViewBatch, persisted: readonly PersistedPost[]): Promise<void> {
  const rows = new Map(persisted.map((post) => [post.id, post]));
  const scriptKeys: string[] = [keys.dirtyPosts, keys.viewBatches, keys.viewClaims, keys.viewBatch(batch.id)];
  const args: (string | number)[] = [batch.id, ttlSeconds.postMeta];
  for (const postId of batch.postIds) {
    const row = rows.get(postId);
    scriptKeys.push(keys.postMeta(postId), keys.postViews(postId), keys.postPendingViews(postId));
    args.push(postId, ...(row ? [row.authorSeq, row.views, row.version] : [""]));
  }
  await redisService().script(finishViews, scriptKeys, args, z.int());
}
