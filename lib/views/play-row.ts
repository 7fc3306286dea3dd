import { db, existingPost } from "../db";
import type { CountedRow } from "./counter/definition";

/** Plays of a post in Postgres at some moment. */
export interface PlayRow extends CountedRow {
  plays: number;
}

/** Columns that `toPlayRow` needs. */
export const playColumns = {
  id: true,
  plays: true,
  playsVersion: true,
  playsBatch: true,
  author: { select: { seq: true } },
} as const;

interface PostRow {
  id: string;
  plays: number;
  playsVersion: number;
  playsBatch: string | null;
  author: { seq: number };
}

export function toPlayRow({ id, plays, playsVersion, playsBatch, author }: PostRow): PlayRow {
  return { id, plays, version: playsVersion, batch: playsBatch, authorSeq: author.seq };
}

/** Reads the play rows of posts from Postgres; unknown posts, and those of erased authors, are left out. */
export async function loadPlayRows(postIds: readonly string[]): Promise<Map<string, PlayRow>> {
  const posts = await db().post.findMany({
    where: { id: { in: [...postIds] }, ...existingPost },
    select: playColumns,
  });
  return new Map(posts.map((post) => [post.id, toPlayRow(post)]));
}
