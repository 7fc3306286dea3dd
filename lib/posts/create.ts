import type { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { db } from "../db";
import type { newPostSchema } from "./client";
import { type Post, postColumns, toPosts } from "./post";

/**
 * Publishes a post.
 * @throws {AppError} unauthenticated when the author's account is gone
 */
export async function createPost(author: Caller, input: z.output<typeof newPostSchema>): Promise<Post> {
  const known = await db().user.findUnique({ where: { id: author.userId }, select: { id: true } });
  if (!known) throw new AppError("unauthenticated");
  const row = await db().post.create({
    data: { id: newId(), authorId: author.userId, ...input },
    select: postColumns,
  });
  const [post] = await toPosts([row]);
  if (!post) throw new Error("a created post has no row");
  return post;
}
