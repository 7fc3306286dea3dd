import { z } from "zod";
import { cacheManager, FEED_TAG, postTag } from "../cache";
import { AppError } from "../core/errors";
import { log } from "../core/log";
import { Prisma, type Transaction, transaction } from "../db";
import { redis } from "../redis";
import { parseMeta } from "./counter/meta";
import { loadPlayRows, plays } from "./play-counter";
import { getLiveCounts } from "./read-counts";
import { loadViewRows, views } from "./view-counter";

/** One counter of a post. */
export interface Recount {
  /** `Post.views` or `Post.plays` before. */
  stored: number;
  /** What it must be, and is now: the rows, and for views those from before the app counted them. */
  counted: number;
  /** What people saw before and see now; null when Redis does not answer. */
  publishedBefore: number | null;
  publishedNow: number | null;
}

const storedSchema = z.tuple([z.object({ views: z.int(), plays: z.int() })]);
const countedSchema = storedSchema;

/**
 * Counts a post's views and plays by their rows, and corrects Postgres and Redis where they differ. Views that Redis has
 * and Postgres has not are kept. Safe to repeat, and while syncs run.
 *
 * @param record  runs in the transaction, with what was found
 * @throws {AppError} not_found
 */
export async function recountPost(
  postId: string,
  record: (tx: Transaction, found: { stored: [number, number]; counted: [number, number] }) => Promise<void>,
): Promise<{ views: Recount; plays: Recount }> {
  const before = await readPublished(postId);
  const { stored, counted } = await transaction(
    async (tx) => {
      // Locked before the rows are counted, so that no sync adds some in between.
      const locked = await tx.$queryRaw<unknown[]>`
SELECT views, plays FROM "Post" WHERE id = ${postId}::uuid FOR NO KEY UPDATE`;
      if (locked.length === 0) throw new AppError("not_found", { message: "post_not_found" });
      const [storedRow] = storedSchema.parse(locked);
      const [countedRow] = countedSchema.parse(
        await tx.$queryRaw`
SELECT "viewsBase" + (SELECT count(*)::int FROM "PostView" WHERE "postId" = post.id) AS views,
  (SELECT count(*)::int FROM "PostPlay" WHERE "postId" = post.id) AS plays
FROM "Post" post WHERE id = ${postId}::uuid`,
      );
      const changes = [
        ...(storedRow.views === countedRow.views
          ? []
          : [Prisma.sql`views = ${countedRow.views}, "viewsVersion" = "viewsVersion" + 1`]),
        ...(storedRow.plays === countedRow.plays
          ? []
          : [Prisma.sql`plays = ${countedRow.plays}, "playsVersion" = "playsVersion" + 1`]),
      ];
      if (changes.length > 0) {
        await tx.$executeRaw`UPDATE "Post" SET ${Prisma.join(changes)} WHERE id = ${postId}::uuid`;
        await cacheManager.invalidateAfterCommit(tx, [FEED_TAG, postTag(postId)]);
      }
      await record(tx, {
        stored: [storedRow.views, storedRow.plays],
        counted: [countedRow.views, countedRow.plays],
      });
      return { stored: storedRow, counted: countedRow };
    },
    { timeoutMs: COUNT_TIMEOUT_MS },
  );
  const now = await republish(postId);
  const toRecount = (counter: keyof Published): Recount => ({
    ...{ stored: stored[counter], counted: counted[counter] },
    ...{ publishedBefore: before[counter], publishedNow: now[counter] },
  });
  return { views: toRecount("views"), plays: toRecount("plays") };
}

/** Of the rows of one post: less than a second for a million. */
const COUNT_TIMEOUT_MS = 30_000;

const metaKeysOf = (postId: string) => [views.keys.meta(postId), plays.keys.meta(postId)] as const;

/** Null where Redis does not answer, or does not have the count. */
type Published = Record<"views" | "plays", number | null>;

const UNKNOWN: Published = { views: null, plays: null };

async function readPublished(postId: string): Promise<Published> {
  try {
    const [viewMeta, playMeta] = (await redis().mget<unknown[]>([...metaKeysOf(postId)])).map(parseMeta);
    return { views: viewMeta?.count ?? null, plays: playMeta?.count ?? null };
  } catch (error) {
    log().debug({ err: error }, "published counts unknown: Redis unavailable");
    return UNKNOWN;
  }
}

/** Deletes what Redis knows of the counts: a read makes them again of the row, and of the views that wait. */
async function republish(postId: string): Promise<Published> {
  try {
    await redis().del(...metaKeysOf(postId));
  } catch (error) {
    log().warn({ err: error }, "recounted post not published: Redis unavailable");
    return UNKNOWN;
  }
  const [viewRows, playRows] = await Promise.all([loadViewRows([postId]), loadPlayRows([postId])]);
  await getLiveCounts({ views: [...viewRows.values()], plays: [...playRows.values()] });
  return readPublished(postId);
}
