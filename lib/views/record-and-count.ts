import { z } from "zod";
import { now } from "../core/clock";
import { keys, runScript, ttlSeconds } from "../redis";
import { rememberShown } from "./last-counts";
import { rememberWritten, takeWritten, type Written } from "./redis-backfill";
import { touchViews } from "./scripts";
import type { ViewRow } from "./view-row";

export interface Touch {
  postId: string;
  /** Brings Redis up to this row, unless Redis knows a newer one. */
  row?: ViewRow | undefined;
  /** `User.seq` of who viewed; none only reads. Each at most once. */
  viewers: readonly number[];
}

export interface Touched {
  /** persisted + pending + claimed */
  count: number;
  /** One for each viewer: 1 new, 0 seen before, -1 the author. */
  outcomes: (1 | 0 | -1)[];
}

const outcome = z.union([z.literal(1), z.literal(0), z.literal(-1)]);
const touchedSchema = z
  .tuple([z.number().int()], outcome)
  .transform(([count, ...outcomes]): Touched => ({ count, outcomes }));
const answerSchema = z
  .tuple([z.number().int()], touchedSchema.nullable())
  .transform(([dirtied, ...posts]): TouchAnswer => ({ dirtied: dirtied > 0, posts }));

export interface TouchAnswer {
  /** This call put posts among those that wait for a sync. */
  dirtied: boolean;
  /** One for each post, in order; null when Redis does not know the post and no row was given. */
  posts: (Touched | null)[];
}

/**
 * Records and reads the views of any number of posts in one round trip, and tells Redis on the way what
 * this process wrote without it.
 *
 * @throws {RedisUnavailableError} also when the views may have been recorded; repeating is safe
 */
export async function touch(touches: readonly Touch[]): Promise<TouchAnswer> {
  if (touches.length === 0) return { dirtied: false, posts: [] };
  const written = takeWritten();
  let answer: TouchAnswer;
  try {
    answer = await runTouch([...written, ...touches.map((each) => withNewestRow(each, written))]);
  } catch (error) {
    rememberWritten(written);
    throw error;
  }
  const posts = answer.posts.slice(written.length);
  for (const [index, { postId }] of touches.entries()) {
    const post = posts[index];
    if (post) rememberShown(postId, post.count);
  }
  return { dirtied: answer.dirtied, posts };
}

/** A reader may carry a row from before what this process wrote: Redis must not begin with that one. */
function withNewestRow(touched: Touch, written: readonly Written[]): Touch {
  let { row } = touched;
  if (!row) return touched;
  for (const { postId, row: newer } of written) {
    if (postId === touched.postId && newer.version > row.version) row = newer;
  }
  return { ...touched, row };
}

async function runTouch(touches: readonly (Touch | Written)[]): Promise<TouchAnswer> {
  const scriptKeys: string[] = [keys.dirtyPosts, keys.viewClaims];
  const args: (string | number)[] = [now(), ttlSeconds.postMeta, ttlSeconds.postViews];
  for (const entry of touches) {
    const { postId, row, viewers } = entry;
    scriptKeys.push(keys.postMeta(postId), keys.postViews(postId), keys.postPendingViews(postId));
    args.push(postId, ...(row ? [1, row.authorSeq, row.views, row.version, row.batch ?? ""] : [0]));
    if ("written" in entry) args.push(viewers.length, ...viewers, 0);
    else args.push(0, viewers.length, ...viewers);
  }
  return answerSchema.parse(await runScript(touchViews, scriptKeys, args));
}
