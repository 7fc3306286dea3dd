import { z } from "zod";
import { defer } from "../core/defer";
import { AppError } from "../core/errors";
import { db, Prisma } from "../db";
import type { ChatMessageView } from "../schemas/chat-message";
import { RECENT_LIMIT } from "../schemas/limits";
import * as store from "./cache-store";
import {
  referencesSchema,
  referencesSql,
  referenceTablesForStoredSql,
  referenceTablesSql,
  type StoredMessage,
  storedMessagesSql,
  storedWithReferencesSchema,
  toMessageViews,
  withoutLeavingMembers,
} from "./message";

/**
 * Reads messages of one chat. The reader must be a member (`null`: the app itself): every statement checks that in
 * Postgres, and returns the chat's revision, which shows whether the cached messages are current.
 */

const chatStateSchema = z.object({ revision: z.int(), lastSeq: z.int() });
const messageQueryRowsSchema = z.array(chatStateSchema.extend(storedWithReferencesSchema.shape)).max(1);

export interface MessageQueryResult {
  /** The chat's revision. */
  revision: number;
  lastSeq: number;
  /** As they are in Postgres, for the cache: with what accounts that are being erased wrote. */
  stored: StoredMessage[];
  views: ChatMessageView[];
  /** Accounts that are being erased. */
  leaving: Readonly<Record<string, string>>;
}

/** The CTE `chat`, empty unless the reader may read the chat. */
function readableChatSql(readerId: string | null, chatId: string): Prisma.Sql {
  const membershipSql =
    readerId === null
      ? Prisma.sql`TRUE`
      : Prisma.sql`EXISTS (SELECT FROM "ChatMember" m
    WHERE m."chatId" = c.id AND m."userId" = ${readerId}::uuid AND m."leftAt" IS NULL)`;
  return Prisma.sql`chat AS (
  SELECT c.id, c.revision, c."lastSeq" FROM "Chat" c WHERE c.id = ${chatId}::uuid AND ${membershipSql}
)`;
}

/**
 * Reads messages from Postgres, all in one statement and so at one revision of the chat.
 * @param filter  conditions, order and limit over "ChatMessage" x
 * @returns the messages ordered by `seq`
 * @throws {AppError} not_found when the chat does not exist or the reader is not a member
 */
export async function queryMessages(
  readerId: string | null,
  chatId: string,
  filter: Prisma.Sql,
): Promise<MessageQueryResult> {
  const rows = await db().$queryRaw`
WITH ${readableChatSql(readerId, chatId)}, picked AS (
  SELECT x.* FROM "ChatMessage" x WHERE x."chatId" = (SELECT id FROM chat) ${filter}
), ${referenceTablesSql()}
SELECT chat.revision, chat."lastSeq", ${storedMessagesSql}, ${referencesSql} FROM chat`;
  const [row] = messageQueryRowsSchema.parse(rows);
  if (!row) throw new AppError("not_found", { message: "chat_not_found" });
  const { revision, lastSeq, items, leaving } = row;
  return { revision, lastSeq, stored: items, views: toMessageViews(items, row), leaving };
}

const referenceRowsSchema = z.array(chatStateSchema.extend(referencesSchema.shape)).max(1);

/** Loads what cached messages refer to, and the chat's state, to compare their revision with. */
async function loadReferences(readerId: string | null, chatId: string, messages: readonly StoredMessage[]) {
  const rows = await db().$queryRaw`
WITH ${readableChatSql(readerId, chatId)}, ${referenceTablesForStoredSql(messages)}
SELECT chat.revision, chat."lastSeq", ${referencesSql} FROM chat`;
  const [row] = referenceRowsSchema.parse(rows);
  if (!row) throw new AppError("not_found", { message: "chat_not_found" });
  return row;
}

/**
 * The newest `limit` messages, {@link RECENT_LIMIT} at most. One statement; two when the cached ones are stale.
 */
export async function loadNewest(
  readerId: string | null,
  chatId: string,
  limit: number,
): Promise<MessageQueryResult> {
  const cached = await store.withRedisFallback(store.readCachedRecent(chatId, limit), null);
  if (cached) {
    const references = await loadReferences(readerId, chatId, cached.messages);
    const isComplete =
      cached.messages.length === Math.min(limit, references.lastSeq) &&
      cached.messages.every(({ seq }, i) => seq === references.lastSeq - cached.messages.length + 1 + i);
    if (references.revision === cached.revision && isComplete) {
      return { ...references, stored: cached.messages, views: toMessageViews(cached.messages, references) };
    }
  }
  const page = await queryMessages(readerId, chatId, Prisma.sql`ORDER BY x.seq DESC LIMIT ${RECENT_LIMIT}`);
  fillCacheAfterResponse(chatId, "recent", page);
  return { ...page, stored: page.stored.slice(-limit), views: page.views.slice(-limit) };
}

/** The pinned messages in pin order; otherwise like {@link loadNewest}. */
export async function loadPinned(readerId: string | null, chatId: string): Promise<MessageQueryResult> {
  const cached = await store.withRedisFallback(store.readCachedPinned(chatId), null);
  if (cached) {
    const references = await loadReferences(readerId, chatId, cached.messages);
    if (references.revision === cached.revision)
      return sortByPinnedAt({
        ...references,
        stored: cached.messages,
        views: toMessageViews(cached.messages, references),
      });
  }
  const page = await queryMessages(readerId, chatId, Prisma.sql`AND x."pinnedAt" IS NOT NULL`);
  fillCacheAfterResponse(chatId, "pinned", page);
  return sortByPinnedAt(page);
}

function sortByPinnedAt({ stored, views, ...state }: MessageQueryResult): MessageQueryResult {
  type Pinned = Pick<StoredMessage, "pinnedAt" | "seq">;
  const byPin = (a: Pinned, b: Pinned) =>
    Date.parse(a.pinnedAt ?? "") - Date.parse(b.pinnedAt ?? "") || a.seq - b.seq;
  // A message of an account that is being erased is no longer pinned.
  const pinnedViews = views.filter(({ pinnedAt }) => pinnedAt !== null);
  return { ...state, stored: [...stored].sort(byPin), views: pinnedViews.sort(byPin) };
}

/** Fills the cache once the response is sent. Best effort. */
function fillCacheAfterResponse(
  chatId: string,
  list: "recent" | "pinned",
  { revision, stored }: MessageQueryResult,
): void {
  if (revision === 0) return;
  defer(async () => {
    await store.withRedisFallback(store.fillCache(chatId, list, { revision, messages: stored }), false);
  });
}

/** The newest `n` (50 at most), ordered by `seq`: from Redis while it has their current state, else from Postgres. */
export async function getRecentMessages(chatId: string, n: number): Promise<StoredMessage[]> {
  const limit = Math.min(Math.max(1, Math.trunc(n)), RECENT_LIMIT);
  const { stored, leaving } = await loadNewest(null, chatId, limit);
  return withoutLeavingMembers(stored, leaving);
}

/** The pinned messages in pin order; otherwise like `getRecentMessages`. */
export async function getPinnedMessages(chatId: string): Promise<StoredMessage[]> {
  const { stored, leaving } = await loadPinned(null, chatId);
  return withoutLeavingMembers(stored, leaving).filter(({ pinnedAt }) => pinnedAt !== null);
}
