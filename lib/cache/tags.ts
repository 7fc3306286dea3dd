/**
 * Tags of cached posts, products and people. They are here, below the domains, because a file invalidates the posts and
 * products that show it (lib/media), those domains import lib/media, and several domains change an account.
 */

/** Every page of the feed. */
export const FEED_TAG = "feed";

/** @param handle  the person's, in lower case */
export function personTag(handle: string): string {
  return `person:${handle}`;
}

export function postTag(id: string): string {
  return `post:${id}`;
}

/** Every list of products. */
export const SHOP_TAG = "shop";

export function productTag(id: string): string {
  return `product:${id}`;
}
