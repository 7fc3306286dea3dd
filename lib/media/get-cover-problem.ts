import { db } from "../db";

/**
 * Why the cover of a post or a product could not be made, for its owner; null for one that is made, or may still be.
 * Its page shows a drawn cover instead.
 */
export async function getCoverProblem(
  ownerId: string,
  of: { postId: string } | { productId: string },
): Promise<string | null> {
  const file = await db().mediaFile.findFirst({
    where: {
      ...{ ownerId, status: "refused" },
      ...("postId" in of
        ? { postsWithCover: { some: { id: of.postId } } }
        : { productsWithCover: { some: { id: of.productId } } }),
    },
    select: { problem: true },
  });
  return file?.problem ?? null;
}
