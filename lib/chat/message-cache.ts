import { keys, redis, redisService } from "../redis";
import * as store from "./cache-store";
import { type StoredMessage, storedMessageSchema } from "./message";
import { getStoredPinned, getStoredRecent } from "./query-messages";

/**
 * The cache of chat messages. It is speed alone: what is written is in Postgres before it is told here, and nothing of
 * it is served that Postgres does not have at that moment (docs/CHAT.md). Messages are as they are stored, with ids in
 * place of names. But for the last two, nothing here fails when Redis is away.
 */

/** A message that was just written. Safe to repeat, in any order with other changes. */
export async function cacheMessage(message: StoredMessage): Promise<void> {
  await store.withRedisFallback(store.storeMessage(message, { isNewest: true }), false);
}

/** As it was when it was cached: whoever needs it as it is asks the chat. Null: not here. */
export async function getCachedMessage(messageId: string): Promise<StoredMessage | null> {
  return store.withRedisFallback(redisService().get(keys.chatMessage(messageId), storedMessageSchema), null);
}

/** A message that was just changed (or deleted: its place stays). Safe to repeat, in any order. */
export async function updateCachedMessage(message: StoredMessage): Promise<void> {
  await store.withRedisFallback(store.storeMessage(message), false);
}

/** Forgets it; where it is a part of a page, that is read from Postgres again. */
export async function deleteCachedMessage(messageId: string, chatId: string): Promise<void> {
  await store.withRedisFallback(store.evictMessage(messageId, chatId), undefined);
}

/** The newest `n` (50 at most), in the order of their `seq`: from Redis while it has them as they are, else from Postgres. */
export async function getRecentMessages(chatId: string, n: number): Promise<StoredMessage[]> {
  return getStoredRecent(chatId, n);
}

/** A message that was just pinned, or is not any more. */
export const cachePinnedMessage = updateCachedMessage;

/** In the order in which they were pinned; else as `getRecentMessages`. */
export async function getPinnedMessages(chatId: string): Promise<StoredMessage[]> {
  return getStoredPinned(chatId);
}

/** Messages of any chats, as they were read: for `getCachedMessage`, they make no page. */
export async function cacheMultipleMessages(messages: readonly StoredMessage[]): Promise<void> {
  const chats = new Set(messages.map(({ chatId }) => chatId));
  for (const chatId of chats) {
    const chatMessages = messages.filter((message) => message.chatId === chatId);
    for (let from = 0; from < chatMessages.length; from += store.RECENT_LIMIT) {
      const cached = { revision: 0, messages: chatMessages.slice(from, from + store.RECENT_LIMIT) };
      await store.withRedisFallback(store.fillCache(chatId, "some", cached), false);
    }
  }
}

/**
 * A chat's newest messages, as they were read in one statement. They are believed while the chat is at the revision
 * of the one of them that changed last; after a change of an older message they are read once more.
 */
export async function warmUpCache(chatId: string, messages: readonly StoredMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const newest = [...messages].sort((a, b) => a.seq - b.seq).slice(-store.RECENT_LIMIT);
  const revision = Math.max(...newest.map((message) => message.revision));
  await store.withRedisFallback(store.fillCache(chatId, "recent", { revision, messages: newest }), false);
}

/** Forgets all of a chat. */
export async function invalidateCache(chatId: string): Promise<void> {
  await store.withRedisFallback(store.evictChat(chatId), undefined);
}

/** Walks over all keys: for operators. @throws {RedisUnavailableError} */
export async function getStats(): Promise<{ totalCachedMessages: number; totalChats: number }> {
  const chats = new Set<string>();
  let totalCachedMessages = 0;
  for await (const found of scanKeys(keys.chatMessage("*"))) totalCachedMessages += found.length;
  // Messages by time: there as long as any of a chat's messages is.
  for await (const found of scanKeys(keys.chatMessages("*"))) for (const key of found) chats.add(key);
  return { totalCachedMessages, totalChats: chats.size };
}

/** Forgets all of all chats. To be called after Postgres was set back to an older state. @throws {RedisUnavailableError} */
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

/** Keys that fit, each at least once, in no order. */
async function* scanKeys(match: string): AsyncGenerator<string[]> {
  let cursor = "0";
  do {
    const [next, found] = await redis().scan(cursor, { match, count: SCAN_COUNT });
    yield [...new Set(found)];
    cursor = String(next);
  } while (cursor !== "0");
}
