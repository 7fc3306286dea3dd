import { keys, redis, redisService } from "../redis";
import { RECENT_LIMIT } from "../schemas/limits";
import * as store from "./cache-store";
import { type StoredMessage, storedMessageSchema } from "./message";
import { getStoredPinned, getStoredRecent } from "./query-messages";

/**
 * The cache of chat messages. It exists for speed alone: a write is in Postgres before it is cached, and a list is
 * served only while Postgres confirms its revision (docs/CHAT.md). Messages are in their stored form, with ids instead
 * of names. Except for the last two functions, nothing here fails when Redis is unavailable.
 */

/** Caches a message that was just written. Safe to repeat, in any order with other changes. */
export async function cacheMessage(message: StoredMessage): Promise<void> {
  await store.withRedisFallback(store.storeMessage(message, { isNewest: true }), false);
}

/** A message as of when it was cached; query the chat for its current state. Null when it is not cached. */
export async function getCachedMessage(messageId: string): Promise<StoredMessage | null> {
  return store.withRedisFallback(redisService().get(keys.chatMessage(messageId), storedMessageSchema), null);
}

/** Caches a message that was just changed or marked as deleted. Safe to repeat, in any order. */
export async function updateCachedMessage(message: StoredMessage): Promise<void> {
  await store.withRedisFallback(store.storeMessage(message), false);
}

/** Evicts a message; a list that contained it is read from Postgres again. */
export async function deleteCachedMessage(messageId: string, chatId: string): Promise<void> {
  await store.withRedisFallback(store.evictMessage(messageId, chatId), undefined);
}

/** The newest `n` (50 at most), ordered by `seq`: from Redis while it has their current state, else from Postgres. */
export async function getRecentMessages(chatId: string, n: number): Promise<StoredMessage[]> {
  return getStoredRecent(chatId, n);
}

/** Caches a message that was just pinned or unpinned. */
export const cachePinnedMessage = updateCachedMessage;

/** The pinned messages in pin order; otherwise like `getRecentMessages`. */
export async function getPinnedMessages(chatId: string): Promise<StoredMessage[]> {
  return getStoredPinned(chatId);
}

/** Caches messages of any chats as they were read, for `getCachedMessage`; does not change the lists. */
export async function cacheMultipleMessages(messages: readonly StoredMessage[]): Promise<void> {
  const chats = new Set(messages.map(({ chatId }) => chatId));
  for (const chatId of chats) {
    const chatMessages = messages.filter((message) => message.chatId === chatId);
    for (let from = 0; from < chatMessages.length; from += RECENT_LIMIT) {
      const cached = { revision: 0, messages: chatMessages.slice(from, from + RECENT_LIMIT) };
      await store.withRedisFallback(store.fillCache(chatId, "some", cached), false);
    }
  }
}

/**
 * Caches a chat's newest messages as they were read in one statement. They are served while the chat's revision is the
 * highest of theirs; if an older message has a higher one, they are read from Postgres again.
 */
export async function warmUpCache(chatId: string, messages: readonly StoredMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const newest = [...messages].sort((a, b) => a.seq - b.seq).slice(-RECENT_LIMIT);
  const revision = Math.max(...newest.map((message) => message.revision));
  await store.withRedisFallback(store.fillCache(chatId, "recent", { revision, messages: newest }), false);
}

/** Evicts everything of one chat. */
export async function invalidateCache(chatId: string): Promise<void> {
  await store.withRedisFallback(store.evictChat(chatId), undefined);
}

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

const SCAN_COUNT = 500;

/** Batches of matching keys, each key at least once, in no order. */
async function* scanKeys(match: string): AsyncGenerator<string[]> {
  let cursor = "0";
  do {
    const [next, found] = await redis().scan(cursor, { match, count: SCAN_COUNT });
    yield [...new Set(found)];
    cursor = String(next);
  } while (cursor !== "0");
}
