import { z } from "zod";
import { db } from "../db";
import { idSchema } from "../schemas/id";
import { isListedSql } from "./chat";

const rowsSchema = z.array(z.object({ id: idSchema }));

/** Ids of the user's chats, in the order of `listChats`. One statement. */
export async function listChatIds(userId: string, limit: number): Promise<string[]> {
  const rows = await db().$queryRaw`
SELECT c.id FROM "ChatMember" m JOIN "Chat" c ON c.id = m."chatId"
WHERE m."userId" = ${userId}::uuid AND m."leftAt" IS NULL AND ${isListedSql}
ORDER BY coalesce(c."lastMessageAt", c."createdAt") DESC, c.id DESC LIMIT ${limit}`;
  return rowsSchema.parse(rows).map(({ id }) => id);
}
