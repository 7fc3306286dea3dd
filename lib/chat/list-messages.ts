import type { z } from "zod";
import type { Caller } from "../core/access-token";
import { caseVariants } from "../core/text";
import { Prisma } from "../db";
import type {
  FoundMessages,
  MessagesPage,
  messagesQuerySchema,
  PinnedMessages,
  searchQuerySchema,
} from "../schemas/message-list";
import { leavingMembersSql } from "./message";
import { loadNewest, loadPinned, type MessageQueryResult, queryMessages } from "./query-messages";

/** Messages in one response to `since`; a client that missed more requests again from the last one's revision. */
const MAX_CHANGES = 200;
const SEARCH_PAGE_SIZE = 20;
/**
 * Messages of a chat: the newest (from Redis while it has their current state), those before or after a `seq`, or those
 * that changed since a revision. Clients catch up with the last: it always reads Postgres, and a client that had
 * everything up to that revision has everything up to the response's when `hasMore` is false.
 *
 * @throws {AppError} not_found for a non-member
 */
export async function listMessages(
  { userId }: Pick<Caller, "userId">,
  chatId: string,
  { before, after, since, limit }: z.output<typeof messagesQuerySchema>,
): Promise<MessagesPage> {
  if (since !== undefined) return listChangesSince(userId, chatId, since);
  if (after !== undefined) {
    const filter = Prisma.sql`AND x.seq > ${after}::int ORDER BY x.seq LIMIT ${limit}`;
    const page = await queryMessages(userId, chatId, filter);
    return toMessagesPage(page, (page.views.at(-1)?.seq ?? page.lastSeq) < page.lastSeq);
  }
  const page =
    before === undefined
      ? await loadNewest(userId, chatId, limit)
      : await queryMessages(
          userId,
          chatId,
          Prisma.sql`AND x.seq < ${before}::int ORDER BY x.seq DESC LIMIT ${limit}`,
        );
  // `seq` has no gaps and begins at 1.
  return toMessagesPage(page, (page.views[0]?.seq ?? 1) > 1);
}

async function listChangesSince(userId: string, chatId: string, since: number): Promise<MessagesPage> {
  const page = await queryMessages(
    userId,
    chatId,
    Prisma.sql`AND x.revision > ${since}::int ORDER BY x.revision LIMIT ${MAX_CHANGES + 1}`,
  );
  const items = [...page.views].sort((a, b) => a.revision - b.revision);
  return { ...toMessagesPage(page, items.length > MAX_CHANGES), items: items.slice(0, MAX_CHANGES) };
}

function toMessagesPage({ views, revision, lastSeq }: MessageQueryResult, hasMore: boolean): MessagesPage {
  return { items: views, hasMore, revision, lastSeq };
}

/** The pinned messages in pin order. @throws {AppError} not_found for a non-member */
export async function listPinned(
  { userId }: Pick<Caller, "userId">,
  chatId: string,
): Promise<PinnedMessages> {
  return { items: (await loadPinned(userId, chatId)).views };
}

/**
 * A message's text as it is displayed and searched: a mention is its `@Name`, characters are in one form (NFC), and `ё`
 * is `е`, since few users type `ё`.
 */
const searchableTextSql = Prisma.sql`translate(normalize(
  regexp_replace(x.text, '@\\[([^\\]\\n]+)\\]\\([0-9a-f-]{36}\\)', '@\\1', 'gi')
), 'ёЁ', 'еЕ')`;

function toLikePatterns(q: string): string[] {
  const normalized = q.normalize("NFC").replaceAll("ё", "е").replaceAll("Ё", "Е");
  return caseVariants(normalized).map((text) => `%${text}%`);
}

/** Messages whose text contains the query, newest first. @throws {AppError} not_found for a non-member */
export async function searchMessages(
  { userId }: Pick<Caller, "userId">,
  chatId: string,
  { q, before }: z.output<typeof searchQuerySchema>,
): Promise<FoundMessages> {
  const patterns = toLikePatterns(q);
  const beforeSql = before === undefined ? Prisma.empty : Prisma.sql`AND x.seq < ${before}::int`;
  const { views } = await queryMessages(
    userId,
    chatId,
    Prisma.sql`${beforeSql} AND x."deletedAt" IS NULL AND ${searchableTextSql} ILIKE ANY(${patterns})
  AND NOT EXISTS (
    SELECT FROM (${leavingMembersSql(Prisma.sql`${chatId}::uuid`)}) leaver
    WHERE leaver.id = x."authorId" OR leaver.id = ANY(x.mentions)
  )
  ORDER BY x.seq DESC LIMIT ${SEARCH_PAGE_SIZE + 1}`,
  );
  const items = views.reverse();
  return { items: items.slice(0, SEARCH_PAGE_SIZE), hasMore: items.length > SEARCH_PAGE_SIZE };
}
