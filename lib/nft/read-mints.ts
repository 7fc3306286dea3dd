import { db } from "../db";
import type { MintView } from "../schemas/mint";
import { toMintView } from "./mint-row";

/** The newest mint of a post, or the one that succeeded; null when there is none. Public, as the chain is. */
export async function getMint(postId: string): Promise<MintView | null> {
  const rows = await db().mint.findMany({
    // A post of an account that is being deleted is hidden.
    where: { postId, post: { author: { deletedAt: null } } },
    orderBy: { id: "desc" },
    take: MAX_ATTEMPTS,
  });
  const row = rows.find(({ state }) => state !== "failed") ?? rows[0];
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
