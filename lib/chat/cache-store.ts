import { z } from "zod";
import { log } from "../core/log";
import { keys, redis, redisService, ttlSeconds } from "../redis";
import { RECENT_LIMIT } from "../schemas/limits";
import { type StoredMessage, storedMessageSchema } from "./message";
import {
  evictChatCache,
  evictChatMessage,
  fillChatCache,
  readPinnedMessages,
  readRecentMessages,
  storeChatMessage,
} from "./scripts";

/**
 * The cached messages in Redis. A write is one script and one round trip, a read of a list two: the list, then the
 * messages it names. lib/chat/scripts.ts says why they are never stale.
 * The functions up to `invalidateCache` do not fail when Redis is unavailable.
 */

/** Caches a message that was just written. Safe to repeat, in any order with other changes. */
export async function cacheMessage(message: StoredMessage): Promise<void> {
  await withRedisFallback(storeMessage(message, { isNewest: true }), false);
}

/** Caches a message that was just changed or marked as deleted. Safe to repeat, in any order. */
export async function updateCachedMessage(message: StoredMessage): Promise<void> {
  await withRedisFallback(storeMessage(message), false);
}

/** Caches a message that was just pinned or unpinned. */
export const cachePinnedMessage = updateCachedMessage;

/** A message as of when it was cached; query the chat for its current state. Null when it is not cached. */
export async function getCachedMessage(messageId: string): Promise<StoredMessage | null> {
  return withRedisFallback(redisService().get(keys.chatMessage(messageId), storedMessageSchema), null);
}

/** Evicts a message; a list that contained it is read from Postgres again. */
export async function deleteCachedMessage(messageId: string, chatId: string): Promise<void> {
  await withRedisFallback(evictMessage(messageId, chatId), undefined);
}

/** Caches messages of any chats as they were read, for `getCachedMessage`; does not change the lists. */
export async function cacheMultipleMessages(messages: readonly StoredMessage[]): Promise<void> {
  const chats = new Set(messages.map(({ chatId }) => chatId));
  for (const chatId of chats) {
    const chatMessages = messages.filter((message) => message.chatId === chatId);
    for (let from = 0; from < chatMessages.length; from += RECENT_LIMIT) {
      const cached = { revision: 0, messages: chatMessages.slice(from, from + RECENT_LIMIT) };
      await withRedisFallback(fillCache(chatId, "some", cached), false);
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
  await withRedisFallback(fillCache(chatId, "recent", { revision, messages: newest }), false);
}

/** Evicts everything of one chat. */
export async function invalidateCache(chatId: string): Promise<void> {
  await withRedisFallback(evictChat(chatId), undefined);
}

/** A list of messages as of one revision of their chat. Only Postgres knows whether that revision is current. */
export interface CachedMessages {
  revision: number;
  messages: StoredMessage[];
}

const flagSchema = z.union([z.literal(0), z.literal(1)]);
const listReplySchema = z.tuple([z.string(), z.array(z.string())]);
const messageTextsSchema = z.array(z.string().nullable());

/**
 * JSON of one call; with more, Redis would stand still for too long. A page has more when people by the hundred reacted
 * to each message: it is read from Postgres every time.
 */
const MAX_FILL_BYTES = 1_000_000;
/** Messages of one call. */
const MAX_EVICTED = 500;

/** Stores a message that was written or changed. @throws {RedisUnavailableError} */
export async function storeMessage(message: StoredMessage, { isNewest = false } = {}): Promise<boolean> {
  const { id, chatId } = message;
  const reply = await redisService().script(
    storeChatMessage,
    [
      keys.chatMessage(id),
      keys.chatMessages(chatId),
      keys.chatRecent(chatId),
      keys.chatPinned(chatId),
      keys.chatRevision(chatId),
    ],
    [
      ...[
        id,
        message.revision,
        serializeMessage(message),
        Date.parse(message.createdAt),
        pinnedAtMs(message),
      ],
      ...[isNewest ? 1 : 0, ttlSeconds.chatMessage, ttlSeconds.chat, RECENT_LIMIT],
    ],
    flagSchema,
  );
  return reply === 1;
}

/** The newest `limit`, ordered by `seq`; null when Redis does not have them. @throws {RedisUnavailableError} */
export async function readCachedRecent(chatId: string, limit: number): Promise<CachedMessages | null> {
  const cached = await readCachedList(
    readRecentMessages,
    [keys.chatRecent(chatId), keys.chatRevision(chatId)],
    limit,
  );
  return cached && cached.messages.length > 0 ? { ...cached, messages: cached.messages.reverse() } : null;
}

/** The pinned messages in pin order; null when Redis does not have all. @throws {RedisUnavailableError} */
export async function readCachedPinned(chatId: string): Promise<CachedMessages | null> {
  return readCachedList(readPinnedMessages, [keys.chatPinned(chatId), keys.chatRevision(chatId)]);
}

async function readCachedList(
  script: typeof readRecentMessages,
  listKeys: readonly string[],
  ...args: number[]
): Promise<CachedMessages | null> {
  const [marker, ids] = await redisService().script(script, listKeys, args, listReplySchema);
  if (marker === "") return null;
  const revision = Number(marker);
  if (ids.length === 0) return { revision, messages: [] };
  const reply = await redis().send(["MGET", ...ids.map(keys.chatMessage)]);
  const messages = messageTextsSchema.parse(reply).map((text) => (text === null ? null : parseMessage(text)));
  // A message that changed since the list was read belongs to a later revision than the others.
  const isComplete = messages.every((message) => message !== null && message.revision <= revision);
  return isComplete ? { revision, messages: messages.filter((message) => message !== null) } : null;
}

function parseMessage(text: string): StoredMessage | null {
  try {
    return storedMessageSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Stores messages as Postgres had them at a revision of the chat.
 * @param list  `recent`: the newest (all of the chat, or {@link RECENT_LIMIT}); `pinned`: all pinned ones; `some`: no
 *         list
 * @returns false when Redis has a later revision, or the messages are too large to be cached
 * @throws {RedisUnavailableError}
 */
export async function fillCache(
  chatId: string,
  list: "recent" | "pinned" | "some",
  { revision, messages }: CachedMessages,
): Promise<boolean> {
  const newestFirst = [...messages].sort((a, b) => b.seq - a.seq);
  const texts = newestFirst.map(serializeMessage);
  if (texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0) > MAX_FILL_BYTES) return false;
  const reply = await redisService().script(
    fillChatCache,
    [...chatListKeys(chatId), ...newestFirst.map(({ id }) => keys.chatMessage(id))],
    [
      ...[revision, list, ttlSeconds.chatMessage, ttlSeconds.chat],
      ...newestFirst.flatMap((message, index) => [
        ...[message.id, message.revision, Date.parse(message.createdAt)],
        ...[pinnedAtMs(message), texts[index] ?? ""],
      ]),
    ],
    flagSchema,
  );
  return reply === 1;
}

/** @throws {RedisUnavailableError} */
export async function evictMessage(messageId: string, chatId: string): Promise<void> {
  const [, ...lists] = chatListKeys(chatId);
  await redisService().script(
    evictChatMessage,
    [keys.chatMessage(messageId), ...lists],
    [messageId],
    flagSchema,
  );
}

/** @throws {RedisUnavailableError} */
export async function evictChat(chatId: string): Promise<void> {
  const listKeys = chatListKeys(chatId);
  for (;;) {
    const ids = await redisService().zrange(keys.chatMessages(chatId), 0, MAX_EVICTED - 1, z.string());
    await redisService().script(evictChatCache, [...listKeys, ...ids.map(keys.chatMessage)], ids, z.int());
    if (ids.length < MAX_EVICTED) return;
  }
}

function chatListKeys(chatId: string): [string, string, string, string] {
  return [
    keys.chatRevision(chatId),
    keys.chatMessages(chatId),
    keys.chatRecent(chatId),
    keys.chatPinned(chatId),
  ];
}

function serializeMessage({ revision, ...rest }: StoredMessage): string {
  return JSON.stringify({ revision, ...rest });
}

const pinnedAtMs = ({ pinnedAt }: StoredMessage) => (pinnedAt === null ? "" : Date.parse(pinnedAt));

/** Runs a cache operation that exists for speed alone; returns the fallback when it fails. */
export async function withRedisFallback<T, F>(work: Promise<T>, fallback: F): Promise<T | F> {
  try {
    return await work;
  } catch (error) {
    log().debug({ err: error }, "chat cache skipped: Redis unavailable");
    return fallback;
  }
}
