import { z } from "zod";
import { pageSchema } from "../schemas/page";
import { personSchema } from "../schemas/person";
import { postSchema } from "../schemas/post";
import { productPageSchema, productSchema } from "../schemas/product";
import { botNamespaces } from "./bot-namespaces";
import { defineNamespaces } from "./validation";

/**
 * Every cache namespace, declared once. The cache is a layer below the domains, so cached values are built from
 * lib/schemas here and the domains infer their types from them.
 */

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
  /** By id; null when the post does not exist. */
  posts: { schema: cachedPostSchema, ttlSeconds: 300, swrSeconds: PAGE_SWR_SECONDS, cacheNull: true },
  /** The newest posts, by limit. */
  feed: { schema: feedPageSchema, ttlSeconds: 60, swrSeconds: PAGE_SWR_SECONDS, cacheNull: false },
  /**
   * Pages after the first, and those of an author or a tag, by these, cursor and limit. Clients can send any cursor and each
   * one is another entry in Redis, so the TTL is short and there is no stale window.
   */
  olderFeed: { schema: feedPageSchema, ttlSeconds: 60, swrSeconds: 0, cacheNull: false },
  /** By handle. An unknown one is not cached: clients can send any, and an account may be made with it. */
  people: { schema: personSchema, ttlSeconds: 300, swrSeconds: PAGE_SWR_SECONDS, cacheNull: false },
  /** By user: those whose presence is hidden from them (lib/contacts). */
  blocks: { schema: z.array(z.uuid()), ttlSeconds: 300, swrSeconds: 0, cacheNull: false },
  /** By id; null when the product does not exist. */
  products: { schema: productSchema, ttlSeconds: 300, swrSeconds: PAGE_SWR_SECONDS, cacheNull: true },
  /** The newest products for sale, by kind and limit. */
  shop: { schema: productPageSchema, ttlSeconds: 60, swrSeconds: PAGE_SWR_SECONDS, cacheNull: false },
  /** Pages after the first, and those of one seller: clients can send any cursor and seller, as above. */
  ...botNamespaces,
  olderShop: { schema: productPageSchema, ttlSeconds: 60, swrSeconds: 0, cacheNull: false },
});

export type NamespaceName = keyof typeof namespaces;

export function isNamespaceName(name: string): name is NamespaceName {
  return Object.hasOwn(namespaces, name);
}

export type CachedPost = z.infer<typeof cachedPostSchema>;

/*
 * Tags of cached posts, products and people. They are here, below the domains, because a file invalidates the posts and
 * products that show it (lib/media), those domains import lib/media, and several domains change an account.
 */

/** Every page of the feed. */
export const FEED_TAG = "feed";

export function postTag(id: string): string {
  return `post:${id}`;
}

/** Every list of products. */
export const SHOP_TAG = "shop";

export function productTag(id: string): string {
  return `product:${id}`;
}

/** @param handle  the person's, in lower case */
export function personTag(handle: string): string {
  return `person:${handle}`;
}

/** Who has blocked the user, and whom the user has blocked (lib/contacts). */
export function blocksTag(userId: string): string {
  return `blocks:${userId}`;
}

/** What a bot shows of an account: its name, bonuses, purchases (lib/bot). */
export function accountTag(userId: string): string {
  return `account:${userId}`;
}

/** A Telegram user in a bot, with their link to an account. */
export function botPersonTag(projectId: string, telegramId: string): string {
  return `bot-person:${projectId}:${telegramId}`;
}

/** A bot with its commands and published workflows. */
export function botProjectTag(projectId: string): string {
  return `bot:${projectId}`;
}
