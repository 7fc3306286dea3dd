import { keys, redisService } from "../redis";
import { scanKeys } from "../redis/scan-keys";

/**
 * The cache of chat messages. It exists for speed alone: a write is in Postgres before it is cached, and a list is
 * served only while Postgres confirms its revision (docs/CHAT.md). Messages are in their stored form, with ids instead
 * of names. Except for the functions of this file, nothing here fails when Redis is unavailable.
 */

export {
  cacheMessage,
  cacheMultipleMessages,
  cachePinnedMessage,
  deleteCachedMessage,
  getCachedMessage,
  invalidateCache,
  updateCachedMessage,
  warmUpCache,
} from "./cache-store";
export { getPinnedMessages, getRecentMessages } from "./query-messages";

/** Scans all keys: for operators. @throws {RedisUnavailableError} */
export async function getStats(): Promise<{ totalCachedMessages: number; totalChats: number }> {
  const chats = new Set<string>();
  let totalCachedMessages = 0;
  for await (const found of scanKeys(keys.chatMessage("*"))) totalCachedMessages += found.length;
  // This key of a chat exists as long as any of its messages is cached.
  for await (const found of scanKeys(keys.chatMessages("*"))) for (const key of found) chats.add(key);
  return { totalCachedMessages, totalChats: chats.size };
}

/** Evicts all chats. Call it after Postgres was restored to an older state. @throws {RedisUnavailableError} */
export async function clearAllCache(): Promise<void> {
  const keyBuilders = [
    keys.chatMessage,
    keys.chatMessages,
    keys.chatRecent,
    keys.chatPinned,
    keys.chatRevision,
  ];
  for (const buildKey of keyBuilders)
    for await (const found of scanKeys(buildKey("*"))) await redisService().del(...found);
}
