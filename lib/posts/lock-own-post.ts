import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { existingPost, type Prisma, type Transaction } from "../db";

const columns = {
  authorId: true,
  audioFileId: true,
  coverFileId: true,
  audioFile: { select: { status: true, track: { select: { status: true } } } },
} as const satisfies Prisma.PostSelect;

export type OwnPost = Prisma.PostGetPayload<{ select: typeof columns }>;

/**
 * Locks the caller's own post, before it is changed or deleted.
 * @throws {AppError} not_found for a post that does not exist; forbidden for another author's
 */
export async function lockOwnPost(tx: Transaction, { userId }: Caller, id: string): Promise<OwnPost> {
  await tx.$executeRaw`SELECT 1 FROM "Post" WHERE id = ${id}::uuid FOR UPDATE`;
  const post = await tx.post.findUnique({ where: { id, ...existingPost }, select: columns });
  if (!post) throw new AppError("not_found", { message: "post_not_found" });
  if (post.authorId !== userId) throw new AppError("forbidden");
  return post;
}
