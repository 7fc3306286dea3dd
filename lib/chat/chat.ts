import { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { db, Prisma } from "../db";

import {
  type ChatDetail,
  type ChatPage,
  chatDetailSchema,
  chatItemSchema,
  type chatPageQuerySchema,
  memberSchema,
} from "../schemas/chat";
import { MAX_UNREAD_COUNT } from "../schemas/limits";
import {
  referencesSql,
  referenceTablesSql,
  storedMessagesSql,
  storedWithReferencesSchema,
  toMessageViews,
} from "./message";

/** Chats as their members see them. */

const MEMBER_PREVIEW_SIZE = 5;
/** Former members with messages in the chat, whose names its page shows. */
const MAX_FORMER_MEMBERS = 200;

const timestampSchema = z
  .string()
  .transform((text) => new Date(text).toISOString())
  .pipe(z.iso.datetime());
const rowSchema = z.object({
  ...chatItemSchema.omit({ members: true, lastMessage: true, lastMessageAt: true, createdAt: true }).shape,
  lastMessageAt: timestampSchema.nullable(),
  createdAt: timestampSchema,
  joined: z.boolean(),
});
const itemRowSchema = rowSchema.extend({ members: z.array(memberSchema) });
const { members, blockedIds, unreachableIds } = chatDetailSchema.shape;
const detailRowSchema = rowSchema.extend({ members, blockedIds, unreachableIds });

/** Accounts that are being erased, usually none. Postgres reads them once for a whole statement. */
const deletedUserIdsSql = Prisma.sql`SELECT d.id FROM "User" d WHERE d."deletedAt" IS NOT NULL`;

/**
 * Number of other users' messages that a member has not read, in SQL; `c` is the chat with the member's `readSeq`. The
 * order by `seq` makes Postgres stop after the first unread ones instead of collecting all of a large chat.
 */
export function unreadCountSql(userId: string): Prisma.Sql {
  return Prisma.sql`(SELECT count(*)::int FROM (
    SELECT FROM "ChatMessage" u WHERE u."chatId" = c.id AND u.seq > c."readSeq" AND u."deletedAt" IS NULL
      AND u."authorId" IS DISTINCT FROM ${userId}::uuid AND u."authorId" NOT IN (${deletedUserIdsSql})
    ORDER BY u.seq LIMIT ${MAX_UNREAD_COUNT}
  ) unread)`;
}

/** Number of a chat's members, in SQL; `c` is the chat. */
export const memberCountSql = Prisma.sql`(SELECT count(*)::int FROM "ChatMember" m
    WHERE m."chatId" = c.id AND m."leftAt" IS NULL AND m."userId" NOT IN (${deletedUserIdsSql}))`;

/** Whether a chat `c` is in the list of its member `m`, in SQL: a direct chat that was left is not, until the next message. */
export const isListedSql = Prisma.sql`(m."hiddenSeq" IS NULL OR c."lastSeq" > m."hiddenSeq")`;

/** A chat in the shape of `rowSchema`; `c` has its columns and the reader's `role`, `readSeq` and `joined`. */
function chatRowSql(userId: string, members: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`jsonb_build_object(
    'id', c.id, 'kind', c.kind, 'title', c.title, 'open', c.open, 'role', c.role, 'joined', c.joined,
    'membersCount', ${memberCountSql},
    'lastMessageAt', c."lastMessageAt", 'lastSeq', c."lastSeq", 'revision', c.revision, 'readSeq', c."readSeq",
    'unreadCount', CASE WHEN c.joined THEN ${unreadCountSql(userId)} ELSE 0 END, 'createdAt', c."createdAt",
    'members', (SELECT coalesce(jsonb_agg(to_jsonb(m) - 'at' ORDER BY m.left, m.at, m."userId"), '[]') FROM ${members} m)
  )`;
}

const memberPreviewSql = Prisma.sql`(
  SELECT m."userId", p.name, p.handle, FALSE AS left, m."joinedAt" AS at FROM "ChatMember" m
  JOIN "User" p ON p.id = m."userId" AND p."deletedAt" IS NULL
  WHERE m."chatId" = c.id AND m."leftAt" IS NULL ORDER BY m."joinedAt", m."userId" LIMIT ${MEMBER_PREVIEW_SIZE}
)`;

const allMembersSql = Prisma.sql`(
  SELECT m."userId", p.name, p.handle, m.role::text, m."readSeq", FALSE AS left, m."joinedAt" AS at
  FROM "ChatMember" m JOIN "User" p ON p.id = m."userId" AND p."deletedAt" IS NULL
  WHERE m."chatId" = c.id AND m."leftAt" IS NULL
  UNION ALL (
    SELECT m."userId", p.name, p.handle, m.role::text, m."readSeq", TRUE, m."joinedAt"
    FROM "ChatMember" m JOIN "User" p ON p.id = m."userId" AND p."deletedAt" IS NULL
    WHERE m."chatId" = c.id AND m."leftAt" IS NOT NULL
      AND EXISTS (SELECT FROM "ChatMessage" x WHERE x."chatId" = c.id AND x."authorId" = m."userId")
    LIMIT ${MAX_FORMER_MEMBERS}
  )
)`;

/** `blockedIds` and `unreachableIds` of a chat's reader; `c` is the chat. */
function blocksSql(userId: string): Prisma.Sql {
  const isMember = (column: Prisma.Sql) => Prisma.sql`EXISTS (
    SELECT FROM "ChatMember" m WHERE m."chatId" = c.id AND m."userId" = ${column})`;
  const madeSql = Prisma.sql`SELECT b."blockedId" AS id FROM "PersonBlock" b
    WHERE b."blockerId" = ${userId}::uuid AND ${isMember(Prisma.sql`b."blockedId"`)}`;
  const sufferedSql = Prisma.sql`SELECT b."blockerId" FROM "ChatMember" m
    JOIN "PersonBlock" b ON b."blockedId" = ${userId}::uuid AND b."blockerId" = m."userId" WHERE m."chatId" = c.id`;
  return Prisma.sql`jsonb_build_object(
    'blockedIds', (SELECT coalesce(jsonb_agg(made.id), '[]') FROM (${madeSql}) made
      WHERE made.id NOT IN (${deletedUserIdsSql})),
    'unreachableIds', (SELECT coalesce(jsonb_agg(one.id), '[]') FROM (${madeSql} UNION ${sufferedSql}) one
      WHERE one.id NOT IN (${deletedUserIdsSql}))
  )`;
}

type PageQuery = z.output<typeof chatPageQuerySchema>;

/** The condition that starts a page after its cursor, in SQL over the columns `at` and `id`. */
export function beforeCursorSql(cursor: PageQuery["cursor"]): Prisma.Sql {
  if (!cursor) return Prisma.sql`TRUE`;
  return Prisma.sql`(at, id) < (${new Date(cursor.atMs)}::timestamptz, ${cursor.id}::uuid)`;
}

/** @param at  the time that the list is ordered by, ISO 8601 */
export function encodeCursor({ id, at }: { id: string; at: string }): string {
  return `${Date.parse(at)}_${id}`;
}

const chatPageRowsSchema = z.tuple([
  z.object({
    ...storedWithReferencesSchema.shape,
    chats: z.array(itemRowSchema),
    unreadCount: z.coerce.number(),
    blockedIds,
  }),
]);

/** Whom the user has blocked, in SQL. */
function allBlocksSql(userId: string): Prisma.Sql {
  return Prisma.sql`(SELECT coalesce(jsonb_agg(b."blockedId"), '[]') FROM "PersonBlock" b
    WHERE b."blockerId" = ${userId}::uuid)`;
}

/** The user's chats, the one with the latest message first. One statement. */
export async function listChats(
  { userId }: Pick<Caller, "userId">,
  { cursor, limit }: PageQuery,
): Promise<ChatPage> {
  const rows = await db().$queryRaw`
WITH mine AS (
  SELECT c.*, m.role::text AS role, m."readSeq", TRUE AS joined, coalesce(c."lastMessageAt", c."createdAt") AS at
  FROM "ChatMember" m JOIN "Chat" c ON c.id = m."chatId" WHERE m."userId" = ${userId}::uuid AND m."leftAt" IS NULL
    AND ${isListedSql}
), page AS (
  SELECT * FROM mine WHERE ${beforeCursorSql(cursor)} ORDER BY at DESC, id DESC LIMIT ${limit + 1}
), picked AS (
  SELECT x.* FROM page JOIN "ChatMessage" x ON x."chatId" = page.id AND x.seq = page."lastSeq"
), ${referenceTablesSql()}
SELECT (SELECT coalesce(jsonb_agg(${chatRowSql(userId, memberPreviewSql)} ORDER BY c.at DESC, c.id DESC), '[]') FROM page c) AS chats,
  (SELECT coalesce(sum(${unreadCountSql(userId)}), 0)::int FROM mine c) AS "unreadCount",
  ${allBlocksSql(userId)} AS "blockedIds", ${storedMessagesSql}, ${referencesSql}`;
  const [row] = chatPageRowsSchema.parse(rows);
  const lastMessages = new Map(toMessageViews(row.items, row).map((message) => [message.chatId, message]));
  const items = row.chats
    .slice(0, limit)
    .map(({ joined, ...chat }) => ({ ...chat, lastMessage: lastMessages.get(chat.id) ?? null }));
  const lastChat = items.at(-1);
  return {
    items,
    nextCursor:
      row.chats.length > limit && lastChat
        ? encodeCursor({ id: lastChat.id, at: lastChat.lastMessageAt ?? lastChat.createdAt })
        : null,
    unreadCount: row.unreadCount,
    blockedIds: row.blockedIds,
  };
}

const chatDetailRowsSchema = z.tuple([
  storedWithReferencesSchema.extend({ chat: detailRowSchema.nullable() }),
]);

/**
 * One chat. Of an open group a non-member sees the name and the current members, no messages, former members or read
 * positions. One statement.
 * @throws {AppError} not_found for a chat that is not open to a non-member
 */
export async function getChat({ userId }: Pick<Caller, "userId">, chatId: string): Promise<ChatDetail> {
  const rows = await db().$queryRaw`
WITH chat AS (
  SELECT c.*, coalesce(m.role::text, 'member') AS role, coalesce(m."readSeq", 0) AS "readSeq",
    m."userId" IS NOT NULL AS joined
  FROM "Chat" c
  LEFT JOIN "ChatMember" m ON m."chatId" = c.id AND m."userId" = ${userId}::uuid AND m."leftAt" IS NULL
  WHERE c.id = ${chatId}::uuid AND (m."userId" IS NOT NULL OR c.open)
), picked AS (
  SELECT x.* FROM chat JOIN "ChatMessage" x ON chat.joined AND x."chatId" = chat.id AND x.seq = chat."lastSeq"
), ${referenceTablesSql()}
SELECT (SELECT ${chatRowSql(userId, allMembersSql)} || ${blocksSql(userId)} FROM chat c) AS chat, ${storedMessagesSql}, ${referencesSql}`;
  const [{ chat, ...picked }] = chatDetailRowsSchema.parse(rows);
  if (!chat) throw new AppError("not_found", { message: "chat_not_found" });
  const [lastMessage] = toMessageViews(picked.items, picked);
  const members = chat.joined
    ? chat.members
    : chat.members.filter(({ left }) => !left).map((member) => ({ ...member, readSeq: 0 }));
  return { ...chat, members, lastMessage: lastMessage ?? null };
}
