import { z } from "zod";
import { toViewRow, viewColumns, viewCounts } from "../views";

export const postSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  text: z.string(),
  tags: z.array(z.string()),
  authorId: z.uuid(),
  authorName: z.string(),
  createdAt: z.iso.datetime(),
  /** Counted live: what Postgres has and what waits for the next sync. */
  viewsCount: z.number().int(),
});

export type Post = z.infer<typeof postSchema>;

/** What Prisma must select for `toPosts`. */
export const postColumns = {
  ...viewColumns,
  title: true,
  text: true,
  tags: true,
  authorId: true,
  createdAt: true,
  author: { select: { seq: true, name: true } },
} as const;

interface PostRow {
  id: string;
  title: string;
  text: string;
  tags: string[];
  authorId: string;
  createdAt: Date;
  views: number;
  viewsVersion: number;
  viewsBatch: string | null;
  author: { seq: number; name: string };
}

/** Rows of Postgres as people see them; all their counts in one round trip to Redis. */
export async function toPosts(rows: readonly PostRow[]): Promise<Post[]> {
  const counts = await viewCounts(rows.map(toViewRow));
  return rows.map((row) => ({
    id: row.id,
    title: row.title,
    text: row.text,
    tags: row.tags,
    authorId: row.authorId,
    authorName: row.author.name,
    createdAt: row.createdAt.toISOString(),
    viewsCount: counts.get(row.id) ?? row.views,
  }));
}
