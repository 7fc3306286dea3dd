import { z } from "zod";
import { type CachedPost, cacheManager, FEED_TAG, postTag } from "../cache";
import type { Caller } from "../core/access-token";
import { db, existingPost, Prisma, type Transaction } from "../db";
import { audioFileColumns, coverFileColumns, toCoverView, toTrackView } from "../media";
import { idSchema } from "../schemas/id";
import { type Post, type PostPage, postPageQuerySchema } from "../schemas/post";
import { getLiveCounts, playColumns, toPlayRow, toViewRow, viewColumns } from "../views";

/** Of an author's page: posts beyond them are found by their addresses. */
const MAX_UNLISTED = 50;

/** The feed, or the posts of an author or a tag, newest first, from the cache until a post changes; the counts are live. */
export async function listPosts(page: z.input<typeof postPageQuerySchema> = {}): Promise<PostPage> {
  const query = postPageQuerySchema.parse(page);
  const { cursor, limit, authorId, tag } = query;
  const filter = tag === undefined ? authorId : `tag:${encodeURIComponent(tag)}`;
  const { items, nextCursor } = await cacheManager.getOrSet(
    cursor || filter ? "olderFeed" : "feed",
    `${filter ? `${filter}:` : ""}${cursor ?? "newest"}:${limit}`,
    () => (tag === undefined ? loadPage(query) : loadTagPage({ ...query, tag })),
    { tags: [FEED_TAG] },
  );
  return { items: await toPosts(items), nextCursor };
}

const taggedIdsSchema = z.array(z.object({ id: z.uuid() }));

/** One walk along the index of a tag, which has the newest post first. */
async function loadTagPage({
  cursor,
  limit,
  tag,
}: z.output<typeof postPageQuerySchema> & { tag: string }): Promise<{
  items: CachedPost[];
  nextCursor: string | null;
}> {
  const tagged = taggedIdsSchema.parse(
    await db().$queryRaw`
SELECT tagged."postId"::text AS id FROM "PostTag" tagged
WHERE tagged.tag = search_fold(${tag}) AND ${cursor ? Prisma.sql`tagged."postId" < ${cursor}::uuid` : Prisma.sql`TRUE`}
  AND EXISTS (SELECT FROM "Post" post JOIN "User" author ON author.id = post."authorId"
    WHERE post.id = tagged."postId" AND author."deletedAt" IS NULL)
ORDER BY tagged."postId" DESC LIMIT ${limit + 1}`,
  );
  const ids = tagged.slice(0, limit).map(({ id }) => id);
  const rows = await db().post.findMany({
    where: { id: { in: ids }, isListed: true, ...existingPost },
    orderBy: { id: "desc" },
    select: postColumns,
  });
  return {
    items: rows.map(toCachedPost),
    nextCursor: tagged.length > limit ? (ids.at(-1) ?? null) : null,
  };
}

/** Ids are ordered by time, so paging needs only the primary key, or the index on author and id. */
async function loadPage({
  cursor,
  limit,
  authorId,
}: z.output<typeof postPageQuerySchema>): Promise<{ items: CachedPost[]; nextCursor: string | null }> {
  const rows = await db().post.findMany({
    where: { authorId, isListed: true, ...existingPost, ...(cursor ? { id: { lt: cursor } } : {}) },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: postColumns,
  });
  const items = rows.slice(0, limit).map(toCachedPost);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** The newest of the caller's own posts that no list shows, up to 50. */
export async function listUnlistedPosts({ userId }: Pick<Caller, "userId">): Promise<Post[]> {
  const rows = await db().post.findMany({
    where: { authorId: userId, isListed: false, ...existingPost },
    orderBy: { id: "desc" },
    take: MAX_UNLISTED,
    select: postColumns,
  });
  return toPosts(rows.map(toCachedPost));
}

/** One post; null when it does not exist or the id is not a UUID. */
export async function getPost(id: string): Promise<Post | null> {
  const parsed = idSchema.safeParse(id);
  if (!parsed.success) return null;
  const cached = await readCachedPost(parsed.data);
  if (!cached) return null;
  const [post] = await toPosts([cached]);
  return post ?? null;
}

/** The uploaded file of a post's sound, for its author; null without sound or post. */
export async function getAudioFileId(postId: string): Promise<string | null> {
  const post = await db().post.findUnique({ where: { id: postId }, select: { audioFileId: true } });
  return post?.audioFileId ?? null;
}

/** A post without its live counts; null when it does not exist. */
export async function readCachedPost(id: string): Promise<CachedPost | null> {
  return cacheManager.getOrSet("posts", id, () => loadPost(id), { tags: [postTag(id)] });
}

async function loadPost(id: string): Promise<CachedPost | null> {
  const row = await db().post.findUnique({ where: { id, ...existingPost }, select: postColumns });
  return row && toCachedPost(row);
}

/** What Prisma must select for `toCachedPost`. */
export const postColumns = {
  ...viewColumns,
  ...playColumns,
  title: true,
  text: true,
  tags: true,
  authorId: true,
  createdAt: true,
  isListed: true,
  author: { select: { seq: true, name: true, handle: true } },
  audioFile: audioFileColumns,
  coverFile: coverFileColumns,
} as const satisfies Prisma.PostSelect;

type PostRow = Prisma.PostGetPayload<{ select: typeof postColumns }>;

/** Converts a row of Postgres to its cached form, without the live count. */
export function toCachedPost(row: PostRow): CachedPost {
  return {
    id: row.id,
    title: row.title,
    text: row.text,
    tags: row.tags,
    authorId: row.authorId,
    authorName: row.author.name,
    authorHandle: row.author.handle,
    createdAt: row.createdAt.toISOString(),
    visibility: row.isListed ? "public" : "unlisted",
    track: toTrackView(row.audioFile, row.coverFile, "rendition"),
    cover: toCoverView(row.coverFile),
    plays: toPlayRow(row),
    views: toViewRow(row),
  };
}

/**
 * Adds the live counts to cached posts, in one round trip to Redis. An outdated cached post cannot lower a count,
 * because counts have a version (lib/views/counter/count-script.ts).
 */
export async function toPosts(cached: readonly CachedPost[]): Promise<Post[]> {
  const counts = await getLiveCounts({
    views: cached.map(({ views }) => views),
    // A post that never had sound costs nothing here.
    plays: cached.filter(({ track, plays }) => track || plays.plays > 0).map(({ plays }) => plays),
  });
  return cached.map(({ views, plays, ...post }) => ({
    ...post,
    viewsCount: counts.views.get(post.id) ?? views.views,
    playsCount: counts.plays.get(post.id) ?? plays.plays,
  }));
}

/** The cache tags that a change of a post invalidates. */
export function postTags(id: string): string[] {
  return [FEED_TAG, postTag(id)];
}

/** Invalidates the feed and an author's cached posts, in the transaction that changes the author's name. */
export async function invalidateAuthorPosts(tx: Transaction, authorId: string): Promise<void> {
  const posts = await tx.post.findMany({ where: { authorId }, select: { id: true } });
  await cacheManager.invalidateAfterCommit(tx, [FEED_TAG, ...posts.map(({ id }) => postTag(id))]);
}
