import { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { db } from "../db";
import { emit, emitVolatile } from "../realtime";
import { unreadCountSql } from "./chat";
import { filterMemberChatIds } from "./members";

export const readStateSchema = z.object({ readSeq: z.int(), unreadCount: z.int() });

const readStateRowsSchema = z.array(readStateSchema.extend({ moved: z.boolean() })).max(1);

/**
 * Notes up to where somebody has read, on all their devices. It never goes back, and not beyond what there is. One
 * statement, safe to repeat, in any order.
 *
 * @throws {AppError} not_found for whoever is no member
 */
export async function markReadUpTo(
  { userId }: Pick<Caller, "userId">,
  chatId: string,
  { seq }: { seq: number },
): Promise<z.infer<typeof readStateSchema>> {
  const cappedSeq = Math.min(seq, 2_147_483_647);
  // Locked first, so that of two at once each sees what the other one noted.
  const rows = await db().$queryRaw`
WITH known AS (
  SELECT m."chatId" AS id, m."readSeq" FROM "ChatMember" m
  WHERE m."chatId" = ${chatId}::uuid AND m."userId" = ${userId}::uuid AND m."leftAt" IS NULL FOR NO KEY UPDATE
), c AS (
  UPDATE "ChatMember" m SET "readSeq" = greatest(m."readSeq", least(${cappedSeq}::int, chat."lastSeq"))
  FROM known JOIN "Chat" chat ON chat.id = known.id
  WHERE m."chatId" = known.id AND m."userId" = ${userId}::uuid
  RETURNING m."chatId" AS id, m."readSeq"
)
SELECT c."readSeq", c."readSeq" > known."readSeq" AS moved, ${unreadCountSql(userId)} AS "unreadCount"
FROM c JOIN known ON known.id = c.id`;
  const [row] = readStateRowsSchema.parse(rows);
  if (!row) throw new AppError("not_found", { message: "chat_not_found" });
  const { readSeq, unreadCount, moved } = row;
  if (moved) {
    emit(`user:${userId}`, "read", { chatId, seq: readSeq });
    emit(`chat:${chatId}`, "read", { userId, seq: readSeq });
  }
  return { readSeq, unreadCount };
}

/** Says that somebody writes. @throws {AppError} not_found for whoever is no member */
export async function publishTyping({ userId, name }: Caller, chatId: string): Promise<void> {
  if (!(await filterMemberChatIds(userId, [chatId])).has(chatId)) {
    throw new AppError("not_found", { message: "chat_not_found" });
  }
  emitVolatile(`chat:${chatId}`, "typing", { userId, name });
}
