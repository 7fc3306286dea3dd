import { z } from "zod";
import { pageSchema } from "../schemas/page";
import { postSchema } from "../schemas/post";
import { productPageSchema, productSchema } from "../schemas/product";
import { botNamespaces } from "./bot-namespaces";
import { defineNamespaces } from "./validation";

/**
 * Every cache namespace, declared once. The cache is a layer below the domains, so cached values are built from
 * lib/schemas here and the domains infer their types from them.
 */

/** The public part of an account. */
const userSchema = z.object({ id: z.uuid(), name: z.string(), role: z.string() });

const countedRow = {
  id: z.string(),
  authorSeq: z.number(),
  version: z.number(),
  batch: z.string().nullable(),
};

const cachedPostSchema = postSchema.omit({ viewsCount: true, playsCount: true }).extend({
  /** States in Postgres when the post was read; the live counts are computed from them (lib/views). */
  views: z.object({ ...countedRow, views: z.number() }),
  plays: z.object({ ...countedRow, plays: z.number() }),
});

/** Changes invalidate their pages, the TTL is the safety net; an hour of stale pages outlasts a Postgres failover. */
const PAGE_SWR_SECONDS = 3_600;

const feedPageSchema = pageSchema(cachedPostSchema);

export const namespaces = defineNamespaces({
  users: { schema: userSchema, ttlSeconds: 60, swrSeconds: 0, cacheNull: true },
  /** By id; null when the post does not exist. */
  posts: { schema: cachedPostSchema, ttlSeconds: 300, swrSeconds: PAGE_SWR_SECONDS, cacheNull: true },
  /** The newest posts, by limit. */
  feed: { schema: feedPageSchema, ttlSeconds: 60, swrSeconds: PAGE_SWR_SECONDS, cacheNull: false },
  /**
   * Pages after the first, by cursor and limit. Clients can send any cursor and each one is another entry in
   * Redis, so the TTL is short and there is no stale window.
   */
  olderFeed: { schema: feedPageSchema, ttlSeconds: 60, swrSeconds: 0, cacheNull: false },
  /** By id; null when the product does not exist. */
  products: { schema: productSchema, ttlSeconds: 300, swrSeconds: PAGE_SWR_SECONDS, cacheNull: true },
  /** The newest products for sale, by kind and limit. */
  shop: { schema: productPageSchema, ttlSeconds: 60, swrSeconds: PAGE_SWR_SECONDS, cacheNull: false },
  /** Pages after the first, and those of one seller: clients can send any cursor and seller, as above. */
  ...botNamespaces,
  olderShop: { schema: productPageSchema, ttlSeconds: 60, swrSeconds: 0, cacheNull: false },
});

export type CachedPost = z.infer<typeof cachedPostSchema>;
