import type { z } from "zod";
import { cacheManager } from "../cache";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { db, isForeignKeyViolation } from "../db";
import type { newPostSchema, Post } from "../schemas/post";
import { postColumns, postTags, toCachedPost, toPosts } from "./read-posts";

/**
 * Publishes a post; feeds show it immediately.
 * @throws {AppError} unauthenticated when the author's account no longer exists
 */
export async function createPost(author: Caller, input: z.output<typeof newPostSchema>): Promise<Post> {
  const user = await db().user.findUnique({
    where: { id: author.userId, deletedAt: null },
    select: { id: true },
  });
  if (!user) throw new AppError("unauthenticated");
  const id = newId();
  const row = await cacheManager
    .withInvalidation(postTags(id), (tx) =>
      tx.post.create({ data: { id, authorId: author.userId, ...input }, select: postColumns }),
    )
    .catch((error: unknown) => {
      // The account was deleted after the check above.
      if (isForeignKeyViolation(error)) throw new AppError("unauthenticated", { cause: error });
      throw error;
    });
  const [post] = await toPosts([toCachedPost(row)]);
  if (!post) throw new Error("created post has no row");
  return post;
}
