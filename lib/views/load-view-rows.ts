import { db } from "../db";
import type { ViewRow } from "./view-row";

/** Columns a post must be read with so that its count can be shown (`toViewRow`). */
export const viewColumns = {
  id: true,
  views: true,
  viewsVersion: true,
  viewsBatch: true,
  author: { select: { seq: true } },
} as const;

interface PostRow {
  id: string;
  views: number;
  viewsVersion: number;
  viewsBatch: string | null;
  author: { seq: number };
}

export function toViewRow({ id, views, viewsVersion, viewsBatch, author }: PostRow): ViewRow {
  return { id, views, version: viewsVersion, batch: viewsBatch, authorSeq: author.seq };
}

/** What Postgres says of these posts' views; those that do not exist are left out. */
export async function loadViewRows(postIds: readonly string[]): Promise<Map<string, ViewRow>> {
  const posts = await db().post.findMany({ where: { id: { in: [...postIds] } }, select: viewColumns });
  return new Map(posts.map((post) => [post.id, toViewRow(post)]));
}
