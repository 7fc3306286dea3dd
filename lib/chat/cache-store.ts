import { z } from "zod";
import { log } from "../core/log";
import { keys, redisService, ttlSeconds } from "../redis";
import { type StoredMessage, storedMessageSchema } from "./message";
import {
  dropChat,
  dropChatMessage,
  fillChat,
  keepChatMessage,
  readPinnedMessages,
  readRecentMessages,
} from "./scripts";

/** The message cache in Redis: one script and one round trip each. Why it can be believed: lib/chat/scripts.ts. */

/** The newest messages that are kept of a chat: a page. */
export const RECENT = 50;

/** A chat's lists as they were at one revision of it. Only Postgres knows whether that is still its own. */
export interface Kept {
  revision: number;
  messages: StoredMessage[];
}

const prefix = () => keys.chatMessage("");
const numberSchema = z.union([z.literal(0), z.literal(1)]);
const readSchema = z.tuple([z.string(), z.array(z.string())]);

/** Keeps a message that was written or changed. @throws {RedisUnavailableError} */
export async function keep(message: StoredMessage, { isNewest = false } = {}): Promise<boolean> {
  const { id, chatId } = message;
  const answer = await redisService().script(
    keepChatMessage,
    [
      keys.chatMessage(id),
      keys.chatMessages(chatId),
      keys.chatRecent(chatId),
      keys.chatPinned(chatId),
      keys.chatRevision(chatId),
    ],
    [
      ...[id, message.revision, jsonOf(message), Date.parse(message.createdAt), pinnedMs(message)],
      ...[isNewest ? 1 : 0, ttlSeconds.chatMessage, ttlSeconds.chat, RECENT],
    ],
    numberSchema,
  );
  return answer === 1;
}

/** The newest `n`, in the order of their `seq`; null when Redis does not have them. @throws {RedisUnavailableError} */
export async function recent(chatId: string, n: number): Promise<Kept | null> {
  const kept = await read(readRecentMessages, [keys.chatRecent(chatId), keys.chatRevision(chatId)], n);
  return kept && kept.messages.length > 0 ? { ...kept, messages: kept.messages.reverse() } : null;
}

/** In the order in which they were pinned; null when Redis does not have all. @throws {RedisUnavailableError} */
export async function pinned(chatId: string): Promise<Kept | null> {
  return read(readPinnedMessages, [keys.chatPinned(chatId), keys.chatRevision(chatId)]);
}

async function read(
  script: typeof readRecentMessages,
  from: readonly string[],
  ...more: number[]
): Promise<Kept | null> {
  const [marker, texts] = await redisService().script(script, from, [prefix(), ...more], readSchema);
  const messages = texts.map(parse);
  if (marker === "" || messages.includes(null)) return null;
  return { revision: Number(marker), messages: messages.filter((message) => message !== null) };
}

function parse(text: string): StoredMessage | null {
  try {
    return storedMessageSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Keeps messages as Postgres had them when the chat was at a revision.
 * @param what  `recent`: these are the newest (all of them, or {@link RECENT}); `pinned`: all that are pinned
 * @throws {RedisUnavailableError}
 */
export async function fill(
  chatId: string,
  what: "recent" | "pinned" | "some",
  { revision, messages }: Kept,
): Promise<boolean> {
  const newestFirst = [...messages].sort((a, b) => b.seq - a.seq);
  const answer = await redisService().script(
    fillChat,
    [...listsOf(chatId), ...newestFirst.map(({ id }) => keys.chatMessage(id))],
    [
      ...[revision, what, ttlSeconds.chatMessage, ttlSeconds.chat],
      ...newestFirst.flatMap((message) => [
        ...[message.id, message.revision, Date.parse(message.createdAt)],
        ...[pinnedMs(message), jsonOf(message)],
      ]),
    ],
    numberSchema,
  );
  return answer === 1;
}

/** @throws {RedisUnavailableError} */
export async function drop(messageId: string, chatId: string): Promise<void> {
  const [, ...lists] = listsOf(chatId);
  await redisService().script(
    dropChatMessage,
    [keys.chatMessage(messageId), ...lists],
    [messageId],
    numberSchema,
  );
}

/** @throws {RedisUnavailableError} */
export async function dropAllOf(chatId: string): Promise<void> {
  await redisService().script(dropChat, listsOf(chatId), [prefix()], z.int());
}

function listsOf(chatId: string): [string, string, string, string] {
  return [
    keys.chatRevision(chatId),
    keys.chatMessages(chatId),
    keys.chatRecent(chatId),
    keys.chatPinned(chatId),
  ];
}

function jsonOf({ revision, ...rest }: StoredMessage): string {
  return JSON.stringify({ revision, ...rest });
}

const pinnedMs = ({ pinnedAt }: StoredMessage) => (pinnedAt === null ? "" : Date.parse(pinnedAt));

/** What the cache does for speed alone: without Redis it is not done. */
export async function ifRedis<T, F>(work: Promise<T>, otherwise: F): Promise<T | F> {
  try {
    return await work;
  } catch (error) {
    log().debug({ err: error }, "chat works without Redis");
    return otherwise;
  }
}
