import { z } from "zod";
import type { Caller } from "../core/access-token";
import { db } from "../db";
import type { chatPageQuerySchema, OpenChatPage } from "../schemas/chat";
import { beforeCursorSql, encodeCursor, memberCountSql } from "./chat";

const rowsSchema = z.array(
  z.object({
    id: z.uuid(),
    title: z.string(),
    membersCount: z.int(),
    joined: z.boolean(),
    lastMessageAt: z.date().nullable(),
    at: z.date(),
  }),
);

/** Groups that any user may join, the one with the latest message first. One statement. */
export async function listOpenChats(
  { userId }: Pick<Caller, "userId">,
  { cursor, limit }: z.output<typeof chatPageQuerySchema>,
): Promise<OpenChatPage> {
  const rows = rowsSchema.parse(
    await db().$queryRaw`
SELECT c.id, c.title, c."lastMessageAt", c.at,
  ${memberCountSql} AS "membersCount",
  EXISTS (SELECT FROM "ChatMember" m
    WHERE m."chatId" = c.id AND m."userId" = ${userId}::uuid AND m."leftAt" IS NULL) AS joined
FROM (SELECT *, coalesce("lastMessageAt", "createdAt") AS at FROM "Chat" WHERE open) c
WHERE ${beforeCursorSql(cursor)} ORDER BY c.at DESC, c.id DESC LIMIT ${limit + 1}`,
  );
  const items = rows.slice(0, limit);
  const lastChat = items.at(-1);
  return {
    items: items.map(({ at, lastMessageAt, ...chat }) => ({
      ...chat,
      lastMessageAt: lastMessageAt?.toISOString() ?? null,
    })),
    nextCursor:
      rows.length > limit && lastChat
        ? encodeCursor({ id: lastChat.id, at: lastChat.at.toISOString() })
        : null,
  };
}
