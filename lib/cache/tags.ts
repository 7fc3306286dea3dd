/**
 * Tags of cached posts and products. They are here, below the domains, because a file invalidates the posts and
 * products that show it (lib/media), and those domains import lib/media.
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
