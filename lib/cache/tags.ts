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
