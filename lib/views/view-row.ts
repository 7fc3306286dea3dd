import { db, existingPost } from "../db";
import type { CountedRow } from "./counter/definition";

/** Views of a post in Postgres at some moment. */
export interface ViewRow extends CountedRow {
  views: number;
}

/** Columns that `toViewRow` needs. */
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

/** Reads the view rows of posts from Postgres; unknown posts, and those of erased authors, are left out. */
export async function loadViewRows(postIds: readonly string[]): Promise<Map<string, ViewRow>> {
  const posts = await db().post.findMany({
    where: { id: { in: [...postIds] }, ...existingPost },
    select: viewColumns,
  });
  return new Map(posts.map((post) => [post.id, toViewRow(post)]));
}
