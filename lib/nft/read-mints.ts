import { db } from "../db";
import type { MintView } from "../schemas/mint";
import { toMintView } from "./mint-row";

/**
 * The mint of a post that is under way or succeeded, which anyone may see; else the newest that failed, which is its
 * artist's business: the chain may know nothing of it, nor of its address.
 *
 * @param viewerId  null: anonymous
 */
export async function getMint(postId: string, viewerId: string | null): Promise<MintView | null> {
  const rows = await db().mint.findMany({
    // A post of an account that is being deleted is hidden.
    where: { postId, post: { author: { deletedAt: null } } },
    orderBy: { id: "desc" },
    take: MAX_ATTEMPTS,
  });
  const row =
    rows.find(({ state }) => state !== "failed") ??
    rows.find(({ userId }) => viewerId !== null && userId === viewerId);
  return row ? toMintView(row) : null;
}

const MAX_ATTEMPTS = 10;
const MAX_LISTED = 100;

/** An artist's mints with the titles of their posts (null: deleted), newest first; at most a hundred. */
export async function listMints(userId: string): Promise<(MintView & { title: string | null })[]> {
  const rows = await db().mint.findMany({
    where: { userId },
    orderBy: { id: "desc" },
    take: MAX_LISTED,
    include: { post: { select: { title: true } } },
  });
  return rows.map(({ post, ...row }) => ({ ...toMintView(row), title: post?.title ?? null }));
}
