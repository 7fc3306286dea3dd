import { z } from "zod";
import { defineNamespaces } from "./validation";

/**
 * Every cache namespace, declared once. The cache is a layer below the domains, so the shapes of cached values are
 * declared here and the domains infer their types from them.
 */

/** The public part of an account. */
const userSchema = z.object({ id: z.uuid(), name: z.string(), role: z.string() });

const postSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  text: z.string(),
  tags: z.array(z.string()),
  authorId: z.uuid(),
  authorName: z.string(),
  createdAt: z.iso.datetime(),
  /** State in Postgres when the post was read; the live count is computed from it (lib/views). */
  views: z.object({
    id: z.string(),
    authorSeq: z.number(),
    views: z.number(),
    version: z.number(),
    batch: z.string().nullable(),
  }),
});

/** Changes invalidate their pages, the TTL is the safety net; an hour of stale pages outlasts a Postgres failover. */
const PAGE_SWR_SECONDS = 3_600;

const feedPageSchema = z.object({ items: z.array(postSchema), nextCursor: z.uuid().nullable() });

export const namespaces = defineNamespaces({
  users: { schema: userSchema, ttlSeconds: 60, swrSeconds: 0, cacheNull: true },
  /** By id; null when the post does not exist. */
  posts: { schema: postSchema, ttlSeconds: 300, swrSeconds: PAGE_SWR_SECONDS, cacheNull: true },
  /** The newest posts, by limit. */
  feed: { schema: feedPageSchema, ttlSeconds: 60, swrSeconds: PAGE_SWR_SECONDS, cacheNull: false },
  /**
   * Pages after the first, by cursor and limit. Clients can send any cursor and each one is another entry in
   * Redis, so the TTL is short and there is no stale window.
   */
  olderFeed: { schema: feedPageSchema, ttlSeconds: 60, swrSeconds: 0, cacheNull: false },
});

export type CachedPost = z.infer<typeof postSchema>;
