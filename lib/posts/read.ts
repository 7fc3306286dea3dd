import { z } from "zod";
import { idSchema } from "../core/ids";
import { db } from "../db";
import { type Post, postColumns, postSchema, toPosts } from "./post";

export const PAGE_SIZE = 20;
const MOST_ON_A_PAGE = 50;

export const postPageQuerySchema = z.object({
  /** Id of the last post of the page before. */
  cursor: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(MOST_ON_A_PAGE).default(PAGE_SIZE),
});

export const postPageSchema = z.object({
  items: z.array(postSchema),
  nextCursor: z.uuid().nullable(),
});

/** The feed, newest first. Ids are ordered by time, so paging over the key needs no other index. */
export async function listPosts(
  page: z.input<typeof postPageQuerySchema> = {},
): Promise<z.infer<typeof postPageSchema>> {
  const { cursor, limit } = postPageQuerySchema.parse(page);
  const rows = await db().post.findMany({
    where: cursor ? { id: { lt: cursor } } : {},
    orderBy: { id: "desc" },
    take: limit + 1,
    select: postColumns,
  });
  const items = await toPosts(rows.slice(0, limit));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** One post; null when there is none, also for an id that is not a UUID. */
export async function getPost(id: string): Promise<Post | null> {
  const parsed = idSchema.safeParse(id);
  if (!parsed.success) return null;
  const row = await db().post.findUnique({ where: { id: parsed.data }, select: postColumns });
  if (!row) return null;
  const [post] = await toPosts([row]);
  return post ?? null;
}
