import { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { db } from "../db";
import { emit, emitVolatile } from "../realtime";
import { type ReadState, readStateSchema } from "../schemas/chat";
import { unreadCountSql } from "./chat";
import { filterMemberChatIds } from "./members";

const readStateRowsSchema = z.array(readStateSchema.extend({ moved: z.boolean() })).max(1);

/**
 * Moves a member's read marker, which all their devices share. It never moves back, nor beyond the last message. One
 * statement, safe to repeat, in any order.
 *
 * @throws {AppError} not_found for a non-member
 */
export async function markReadUpTo(
  { userId }: Pick<Caller, "userId">,
  chatId: string,
  { seq }: { seq: number },
): Promise<ReadState> {
  const cappedSeq = Math.min(seq, 2_147_483_647);
  // The row is locked first, so that of concurrent calls the second sees the marker that the first has set.
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

/** Publishes that a member is typing. @throws {AppError} not_found for a non-member */
export async function publishTyping({ userId, name }: Caller, chatId: string): Promise<void> {
  if (!(await filterMemberChatIds(userId, [chatId])).has(chatId)) {
    throw new AppError("not_found", { message: "chat_not_found" });
  }
  emitVolatile(`chat:${chatId}`, "typing", { userId, name });
}
