import { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { idSchema } from "../core/ids";
import { db, Prisma } from "../db";
import { chatMessageSchema } from "../realtime";
import { around, pickedSchema, storedOfPicked, tablesAround, toViews } from "./message";

/** Chats as their members see them. */

export const PAGE_SIZE = 30;
const MOST_ON_A_PAGE = 50;
/** More than that many unread messages are not counted: 100 is said as "99+". */
export const MOST_UNREAD = 100;
const SHOWN_MEMBERS = 5;
/** Of those who have left and said something; a chat's page names them. */
const MOST_LEFT = 200;

const time = z
  .string()
  .transform((text) => new Date(text).toISOString())
  .pipe(z.iso.datetime());
const kind = z.enum(["direct", "group"]);
const role = z.enum(["owner", "member"]);
const member = z.object({ userId: idSchema, name: z.string() });

export const chatItemSchema = z.object({
  id: idSchema,
  kind,
  title: z.string().nullable(),
  /** Anybody may find and join it. */
  open: z.boolean(),
  /** One's own. */
  role,
  /** The first five; of a direct chat both. */
  members: z.array(member),
  membersCount: z.int(),
  lastMessage: chatMessageSchema.nullable(),
  lastMessageAt: z.iso.datetime().nullable(),
  lastSeq: z.int(),
  revision: z.int(),
  readSeq: z.int(),
  /** Of others, after `readSeq`; 100 means more than 99. */
  unreadCount: z.int().max(MOST_UNREAD),
  createdAt: z.iso.datetime(),
});

export const chatDetailSchema = chatItemSchema.extend({
  /** All; those too who have left and said something. */
  members: z.array(member.extend({ role, readSeq: z.int(), left: z.boolean() })),
  /** False for whoever looks at an open group without being in it: they see who is in it and no message. */
  joined: z.boolean(),
});

export type ChatItem = z.infer<typeof chatItemSchema>;
export type ChatDetail = z.infer<typeof chatDetailSchema>;

const rowSchema = z.object({
  ...chatItemSchema.omit({ members: true, lastMessage: true, lastMessageAt: true, createdAt: true }).shape,
  lastMessageAt: time.nullable(),
  createdAt: time,
  joined: z.boolean(),
});
const itemRowSchema = rowSchema.extend({ members: z.array(member) });
const detailRowSchema = rowSchema.extend({ members: chatDetailSchema.shape.members });

/** Messages of others that a member has not read, in SQL; `c` is the chat with the member's `readSeq`. */
export function unreadOf(userId: string): Prisma.Sql {
  return Prisma.sql`(SELECT count(*)::int FROM (
    SELECT FROM "ChatMessage" u WHERE u."chatId" = c.id AND u.seq > c."readSeq" AND u."deletedAt" IS NULL
      AND u."authorId" IS DISTINCT FROM ${userId}::uuid LIMIT ${MOST_UNREAD}
  ) unread)`;
}

/** A chat as `rowSchema` takes it; `c` has its columns and the reader's `role`, `readSeq` and `joined`. */
function rowOf(userId: string, members: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`jsonb_build_object(
    'id', c.id, 'kind', c.kind, 'title', c.title, 'open', c.open, 'role', c.role, 'joined', c.joined,
    'membersCount', (SELECT count(*) FROM "ChatMember" m WHERE m."chatId" = c.id AND m."leftAt" IS NULL),
    'lastMessageAt', c."lastMessageAt", 'lastSeq', c."lastSeq", 'revision', c.revision, 'readSeq', c."readSeq",
    'unreadCount', CASE WHEN c.joined THEN ${unreadOf(userId)} ELSE 0 END, 'createdAt', c."createdAt",
    'members', (SELECT coalesce(jsonb_agg(to_jsonb(m) - 'at' ORDER BY m.left, m.at, m."userId"), '[]') FROM ${members} m)
  )`;
}

const fewMembers = Prisma.sql`(
  SELECT m."userId", p.name, FALSE AS left, m."joinedAt" AS at FROM "ChatMember" m JOIN "User" p ON p.id = m."userId"
  WHERE m."chatId" = c.id AND m."leftAt" IS NULL ORDER BY m."joinedAt", m."userId" LIMIT ${SHOWN_MEMBERS}
)`;

const allMembers = Prisma.sql`(
  SELECT m."userId", p.name, m.role::text, m."readSeq", FALSE AS left, m."joinedAt" AS at
  FROM "ChatMember" m JOIN "User" p ON p.id = m."userId" WHERE m."chatId" = c.id AND m."leftAt" IS NULL
  UNION ALL (
    SELECT m."userId", p.name, m.role::text, m."readSeq", TRUE, m."joinedAt"
    FROM "ChatMember" m JOIN "User" p ON p.id = m."userId"
    WHERE m."chatId" = c.id AND m."leftAt" IS NOT NULL
      AND EXISTS (SELECT FROM "ChatMessage" x WHERE x."chatId" = c.id AND x."authorId" = m."userId")
    LIMIT ${MOST_LEFT}
  )
)`;

export const chatPageQuerySchema = z.object({
  /** `nextCursor` of the page before. */
  cursor: z
    .string()
    .regex(/^\d{1,14}_[0-9a-f-]{36}$/)
    .transform((text) => ({ atMs: Number(text.split("_")[0]), id: text.split("_")[1] ?? "" }))
    .refine(({ id }) => idSchema.safeParse(id).success)
    .optional(),
  limit: z.coerce.number().int().min(1).max(MOST_ON_A_PAGE).default(PAGE_SIZE),
});

type PageQuery = z.output<typeof chatPageQuerySchema>;

/** Where a page begins, in SQL over the columns `at` and `id`. */
export function before(cursor: PageQuery["cursor"]): Prisma.Sql {
  if (!cursor) return Prisma.sql`TRUE`;
  return Prisma.sql`(at, id) < (${new Date(cursor.atMs)}::timestamptz, ${cursor.id}::uuid)`;
}

/** @param at  what the list is ordered by */
export function cursorAfter({ id, at }: { id: string; at: string }): string {
  return `${Date.parse(at)}_${id}`;
}

export const chatPageSchema = z.object({
  items: z.array(chatItemSchema),
  nextCursor: z.string().nullable(),
  /** Of all chats, not of this page. */
  unreadCount: z.int(),
});

const pageAnswerSchema = z.tuple([
  z.object({
    ...pickedSchema.shape,
    chats: z.array(itemRowSchema),
    unreadCount: z.coerce.number(),
  }),
]);

/** The chats that somebody is in, the one with the latest message first. One statement. */
export async function listChats(
  { userId }: Pick<Caller, "userId">,
  { cursor, limit }: PageQuery,
): Promise<z.infer<typeof chatPageSchema>> {
  const rows = await db().$queryRaw`
WITH mine AS (
  SELECT c.*, m.role::text AS role, m."readSeq", TRUE AS joined, coalesce(c."lastMessageAt", c."createdAt") AS at
  FROM "ChatMember" m JOIN "Chat" c ON c.id = m."chatId" WHERE m."userId" = ${userId}::uuid AND m."leftAt" IS NULL
), page AS (
  SELECT * FROM mine WHERE ${before(cursor)} ORDER BY at DESC, id DESC LIMIT ${limit + 1}
), picked AS (
  SELECT x.* FROM page JOIN "ChatMessage" x ON x."chatId" = page.id AND x.seq = page."lastSeq"
), ${tablesAround()}
SELECT (SELECT coalesce(jsonb_agg(${rowOf(userId, fewMembers)} ORDER BY c.at DESC, c.id DESC), '[]') FROM page c) AS chats,
  (SELECT coalesce(sum(${unreadOf(userId)}), 0)::int FROM mine c) AS "unreadCount", ${storedOfPicked}, ${around}`;
  const [answer] = pageAnswerSchema.parse(rows);
  const last = new Map(toViews(answer.items, answer).map((message) => [message.chatId, message]));
  const items = answer.chats
    .slice(0, limit)
    .map(({ joined, ...chat }) => ({ ...chat, lastMessage: last.get(chat.id) ?? null }));
  const end = items.at(-1);
  return {
    items,
    nextCursor:
      answer.chats.length > limit && end
        ? cursorAfter({ id: end.id, at: end.lastMessageAt ?? end.createdAt })
        : null,
    unreadCount: answer.unreadCount,
  };
}

const detailAnswerSchema = z.tuple([pickedSchema.extend({ chat: detailRowSchema.nullable() })]);

/**
 * One chat. Whoever is not in it sees an open group from outside: its name and who is in it, nothing of what is said,
 * who has left, or how far anybody has read.
 * One statement.
 * @throws {AppError} not_found for a chat that is neither theirs nor open
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
), ${tablesAround()}
SELECT (SELECT ${rowOf(userId, allMembers)} FROM chat c) AS chat, ${storedOfPicked}, ${around}`;
  const [{ chat, ...picked }] = detailAnswerSchema.parse(rows);
  if (!chat) throw new AppError("not_found", { message: "chat_not_found" });
  const [lastMessage] = toViews(picked.items, picked);
  const members = chat.joined
    ? chat.members
    : chat.members.filter(({ left }) => !left).map((each) => ({ ...each, readSeq: 0 }));
  return { ...chat, members, lastMessage: lastMessage ?? null };
}
