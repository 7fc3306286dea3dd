import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import type { PlayResponse, PlaysByDay } from "../schemas/plays";
import { countPlaysByDay, recordPlay } from "../views";
import { readCachedPost } from "./read-posts";

/**
 * Counts a play of a post: one for each listener and UTC hour. Another one in that hour, and the author's own, change
 * nothing.
 *
 * @throws {AppError} not_found for an unknown post; conflict when it has no sound that can be played
 */
export async function playPost(listener: Caller, postId: string): Promise<PlayResponse> {
  const post = await readCachedPost(postId);
  if (!post) throw new AppError("not_found", { message: "post_not_found" });
  if (post.track?.status !== "ready") throw new AppError("conflict", { message: "track_not_ready" });
  const { status, count } = await recordPlay(listener.seq, postId);
  if (status === "unknown") throw new AppError("not_found", { message: "post_not_found" });
  return { playsCount: count };
}

/**
 * A post's plays by UTC day, for its author and administrators.
 * @throws {AppError} not_found for an unknown post; forbidden for anyone else
 */
export async function getPlaysByDay(
  caller: Pick<Caller, "userId" | "role">,
  postId: string,
  days: number,
): Promise<PlaysByDay> {
  const post = await readCachedPost(postId);
  if (!post) throw new AppError("not_found", { message: "post_not_found" });
  if (post.authorId !== caller.userId && caller.role !== "admin") throw new AppError("forbidden");
  return { items: await countPlaysByDay(postId, days) };
}
