import { z } from "zod";
import { now } from "../core/clock";
import { db, type Transaction } from "../db";
import { resetChannels } from "../realtime";
import { invalidateCache } from "./cache-store";
import { assignMissingOwners } from "./members";
import { deletedMessageSetClause } from "./message-actions";
import { publishChatChanged } from "./publish-changes";

/** Erases an account from chats. */

const idsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Locks the chats of an account that is about to be deleted, before the account's row: sending a message locks the chat
 * and then references its author, so the opposite order would deadlock.
 */
export async function lockAccountChats(tx: Transaction, userId: string): Promise<string[]> {
  const rows = await tx.$queryRaw`
SELECT c.id FROM "Chat" c WHERE c.id IN (SELECT m."chatId" FROM "ChatMember" m WHERE m."userId" = ${userId}::uuid)
ORDER BY c.id FOR NO KEY UPDATE OF c`;
  return idsSchema.parse(rows).map(({ id }) => id);
}

/**
 * Removes a user from all chats, in the transaction that deletes the account. The account must be locked, so that no
 * message or membership is added meanwhile. Their messages keep their `seq`, without text and author; their reactions
 * and mentions of them in other users' messages are deleted. Each changed message gets its own revision, so that
 * disconnected clients catch up. Groups pass to the longest-standing member, a direct chat stays for the other user,
 * and a chat without members is deleted.
 *
 * @returns the chats, for {@link publishAccountErased}
 */
export async function eraseAccountChats(tx: Transaction, userId: string): Promise<string[]> {
  // Again, because the user may have joined another chat between the first lock and the account's.
  const chatIds = await lockAccountChats(tx, userId);
  if (chatIds.length === 0) return [];
  // Only mentions in other users' messages contain the user's name.
  const mentionPattern = `@\\[[^\\]\\n]*\\]\\(${userId}\\)`;
  await tx.$executeRaw`
WITH touched AS (
  SELECT x.id, coalesce(x."authorId" = ${userId}::uuid, FALSE) AS own, x."chatId",
    c.revision + row_number() OVER (PARTITION BY x."chatId" ORDER BY x.seq) AS revision
  FROM "ChatMessage" x JOIN "Chat" c ON c.id = x."chatId"
  WHERE x."chatId" = ANY(${chatIds}::uuid[]) AND (
    x."authorId" = ${userId}::uuid OR ${userId}::uuid = ANY(x.mentions)
    OR EXISTS (SELECT FROM "ChatReaction" r WHERE r."messageId" = x.id AND r."userId" = ${userId}::uuid)
  )
), bumped AS (
  UPDATE "Chat" c SET revision = last.revision
  FROM (SELECT "chatId", max(revision) AS revision FROM touched GROUP BY "chatId") last WHERE c.id = last."chatId"
), others AS (
  UPDATE "ChatMessage" x SET revision = touched.revision, mentions = array_remove(x.mentions, ${userId}::uuid),
    text = regexp_replace(x.text, ${mentionPattern}, '@…', 'gi')
  FROM touched WHERE x.id = touched.id AND NOT touched.own
), given AS (
  DELETE FROM "ChatReaction" r USING touched WHERE r."messageId" = touched.id AND (touched.own OR r."userId" = ${userId}::uuid)
), attached AS (
  DELETE FROM "ChatAttachment" a USING touched WHERE a."messageId" = touched.id AND touched.own
)
UPDATE "ChatMessage" x SET revision = touched.revision, "authorId" = NULL,
  ${deletedMessageSetClause(new Date(now()))}
FROM touched WHERE x.id = touched.id AND touched.own`;
  await tx.chatMember.deleteMany({ where: { userId } });
  await assignMissingOwners(tx, chatIds);
  // The key contains the user's id; a direct chat with one member needs no unique pair.
  await tx.$executeRaw`
UPDATE "Chat" SET "directKey" = id::text WHERE id = ANY(${chatIds}::uuid[]) AND kind = 'direct'`;
  await tx.chat.deleteMany({ where: { id: { in: chatIds }, members: { none: {} } } });
  return chatIds;
}

/**
 * After the commit, evicts the chats from Redis and resets the channels of the chats and of their members, which
 * contain the user's messages and name; open pages reload.
 */
export async function publishAccountErased(userId: string, chatIds: readonly string[]): Promise<void> {
  const remainingMembers = await db().chatMember.findMany({
    where: { chatId: { in: [...chatIds] } },
    select: { userId: true },
    distinct: ["userId"],
  });
  await resetChannels([
    ...chatIds.map((chatId) => `chat:${chatId}` as const),
    ...[userId, ...remainingMembers.map((member) => member.userId)].map((id) => `user:${id}` as const),
  ]);
  for (const chatId of chatIds) {
    publishChatChanged(chatId);
    await invalidateCache(chatId);
  }
}
