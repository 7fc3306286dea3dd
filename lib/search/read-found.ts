import { db, existingPost } from "../db";
import { coverFileColumns, toCoverView } from "../media";
import type { FoundPerson, FoundPost, FoundProduct } from "../schemas/search";
import { hasNoErasedSeller } from "../shop";

/** Reads the rows of what was found, in the order of the ids; what is hidden meanwhile is left out. */

export async function readPosts(ids: readonly string[]): Promise<FoundPost[]> {
  if (ids.length === 0) return [];
  const rows = await db().post.findMany({
    where: { id: { in: [...ids] }, isListed: true, ...existingPost },
    select: {
      id: true,
      title: true,
      audioFileId: true,
      author: { select: { name: true, handle: true } },
      coverFile: coverFileColumns,
    },
  });
  return inOrder(ids, rows).map(({ audioFileId, author, coverFile, ...row }) => ({
    ...row,
    authorName: author.name,
    authorHandle: author.handle,
    cover: toCoverView(coverFile),
    hasSound: audioFileId !== null,
  }));
}

export async function readPeople(ids: readonly string[]): Promise<FoundPerson[]> {
  if (ids.length === 0) return [];
  const rows = await db().user.findMany({
    where: { id: { in: [...ids] }, deletedAt: null, blockedAt: null },
    select: { id: true, handle: true, name: true, role: true },
  });
  return inOrder(ids, rows);
}

export async function readProducts(ids: readonly string[]): Promise<FoundProduct[]> {
  if (ids.length === 0) return [];
  const rows = await db().product.findMany({
    where: { id: { in: [...ids] }, archivedAt: null, ...hasNoErasedSeller },
    select: {
      ...{ id: true, kind: true, title: true, priceMinor: true, currency: true },
      seller: { select: { name: true, handle: true } },
      coverFile: coverFileColumns,
    },
  });
  return inOrder(ids, rows).map(({ seller, coverFile, ...row }) => ({
    ...row,
    sellerName: seller?.name ?? null,
    sellerHandle: seller?.handle ?? null,
    cover: toCoverView(coverFile),
  }));
}

function inOrder<Row extends { id: string }>(ids: readonly string[], rows: readonly Row[]): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
