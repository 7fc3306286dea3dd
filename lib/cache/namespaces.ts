import { z } from "zod";
import { defineNamespaces } from "./define-namespaces";

/**
 * Everything that is cached, declared once. The cache stands below the domains, so what is stored is
 * described here and the domains infer from it.
 */

/** What everybody may know of an account. */
const userSchema = z.object({ id: z.uuid(), name: z.string(), role: z.string() });

const postSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  text: z.string(),
  tags: z.array(z.string()),
  authorId: z.uuid(),
  authorName: z.string(),
  createdAt: z.iso.datetime(),
  /** As Postgres had it when the post was read; counts are asked for live with it (lib/views). */
  views: z.object({
    id: z.string(),
    authorSeq: z.number(),
    views: z.number(),
    version: z.number(),
    batch: z.string().nullable(),
  }),
});

/** Changes invalidate, so the TTL is a net below that; an hour of stale pages outlives a Postgres failover. */
const PAGE_SWR_SECONDS = 3_600;

const feedPageSchema = z.object({ items: z.array(postSchema), nextCursor: z.uuid().nullable() });

export const namespaces = defineNamespaces({
  users: { schema: userSchema, ttlSeconds: 60, swrSeconds: 0, cacheNull: true },
  /** By id; null: no such post. */
  posts: { schema: postSchema, ttlSeconds: 300, swrSeconds: PAGE_SWR_SECONDS, cacheNull: true },
  /** The newest posts, by limit. */
  feed: { schema: feedPageSchema, ttlSeconds: 60, swrSeconds: PAGE_SWR_SECONDS, cacheNull: false },
  /**
   * Pages behind the first, by cursor and limit. Anybody may name any cursor, and each would be a page that
   * Redis keeps: not for long.
   */
  olderFeed: { schema: feedPageSchema, ttlSeconds: 60, swrSeconds: 0, cacheNull: false },
});

export type CachedPost = z.infer<typeof postSchema>;
