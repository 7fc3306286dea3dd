import { z } from "zod";
import { log } from "../core/log";
import { keys, redisService, ttlSeconds } from "../redis";
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

/** The message cache in Redis: one script and one round trip each. lib/chat/scripts.ts says why it is never stale. */

/** A list of messages as of one revision of their chat. Only Postgres knows whether that revision is current. */
export interface CachedMessages {
  revision: number;
  messages: StoredMessage[];
}

const messageKeyPrefix = () => keys.chatMessage("");
const flagSchema = z.union([z.literal(0), z.literal(1)]);
const listReplySchema = z.tuple([z.string(), z.array(z.string())]);

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
  ...extraArgs: number[]
): Promise<CachedMessages | null> {
  const [marker, texts] = await redisService().script(
    script,
    listKeys,
    [messageKeyPrefix(), ...extraArgs],
    listReplySchema,
  );
  const messages = texts.map(parseMessage);
  if (marker === "" || messages.includes(null)) return null;
  return { revision: Number(marker), messages: messages.filter((message) => message !== null) };
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
 * @throws {RedisUnavailableError}
 */
export async function fillCache(
  chatId: string,
  list: "recent" | "pinned" | "some",
  { revision, messages }: CachedMessages,
): Promise<boolean> {
  const newestFirst = [...messages].sort((a, b) => b.seq - a.seq);
  const reply = await redisService().script(
    fillChatCache,
    [...chatListKeys(chatId), ...newestFirst.map(({ id }) => keys.chatMessage(id))],
    [
      ...[revision, list, ttlSeconds.chatMessage, ttlSeconds.chat],
      ...newestFirst.flatMap((message) => [
        ...[message.id, message.revision, Date.parse(message.createdAt)],
        ...[pinnedAtMs(message), serializeMessage(message)],
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
  await redisService().script(evictChatCache, chatListKeys(chatId), [messageKeyPrefix()], z.int());
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
