import { z } from "zod";
import { now } from "../core/clock";
import { db, type Transaction } from "../db";
import { resetChannels } from "../realtime";
import { assignMissingOwners } from "./members";
import { deletedMessageSetClause } from "./message-actions";
import { invalidateCache } from "./message-cache";
import { publishChatChanged } from "./publish-changes";

/** What becomes of a deleted account's part in chats. */

const idsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Takes the chats of an account that is to be deleted, before the account itself is taken: whoever writes a message has
 * the chat and then points to its author, and two who take both in other orders would wait for each other.
 */
export async function lockAccountChats(tx: Transaction, userId: string): Promise<string[]> {
  const rows = await tx.$queryRaw`
SELECT c.id FROM "Chat" c WHERE c.id IN (SELECT m."chatId" FROM "ChatMember" m WHERE m."userId" = ${userId}::uuid)
ORDER BY c.id FOR NO KEY UPDATE OF c`;
  return idsSchema.parse(rows).map(({ id }) => id);
}

/**
 * Takes somebody out of all chats, in the transaction that deletes the account, which must be locked: nobody adds a
 * message or a membership then. What they said leaves its place, without words and without a name; what they gave
 * (reactions) goes, and so do mentions of them in what others said. Each message that this changes has a revision of
 * its own, so that whoever was away learns of it. Groups pass on to who is there longest; a direct chat stays for the
 * other one, and a chat that is nobody's goes.
 *
 * @returns the chats, for {@link publishAccountErased}
 */
export async function eraseAccountChats(tx: Transaction, userId: string): Promise<string[]> {
  // Once more: between the first lock and the account's they may have come into another one.
  const chatIds = await lockAccountChats(tx, userId);
  if (chatIds.length === 0) return [];
  // The person's name stands in what others said, and nowhere else.
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
  // Its key has the person's id in it; of a chat with one person there is no second.
  await tx.$executeRaw`
UPDATE "Chat" SET "directKey" = id::text WHERE id = ANY(${chatIds}::uuid[]) AND kind = 'direct'`;
  await tx.chat.deleteMany({ where: { id: { in: chatIds }, members: { none: {} } } });
  return chatIds;
}

/**
 * After the commit: Redis forgets what the person said in chats and what was told of them to those who are in these,
 * and open pages look again.
 */
export async function publishAccountErased(userId: string, chatIds: readonly string[]): Promise<void> {
  const remainingMembers = await db().chatMember.findMany({
    where: { chatId: { in: [...chatIds] } },
    select: { userId: true },
    distinct: ["userId"],
  });
  await resetChannels([
    ...chatIds.map((chatId) => `chat:${chatId}` as const),
    ...[userId, ...remainingMembers.map((other) => other.userId)].map((each) => `user:${each}` as const),
  ]);
  for (const chatId of chatIds) {
    publishChatChanged(chatId);
    await invalidateCache(chatId);
  }
}
