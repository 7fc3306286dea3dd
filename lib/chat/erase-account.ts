import { z } from "zod";
import { now } from "../core/clock";
import { db, ERASURE_BATCH_SIZE, Prisma, type Transaction, transaction } from "../db";
import { resetChannels } from "../realtime";
import { invalidateCache } from "./cache-store";
import { assignMissingOwners } from "./members";
import { deletedMessageSetClause } from "./message-actions";
import { publishChatChanged } from "./publish-changes";

/**
 * The chats' part of erasing an account whose deletion was requested. Readers already show what will be in Postgres
 * when it is erased (message.ts): its messages without text and author, no reactions, no mentions, no member. Each
 * function erases one batch in one transaction, under the lock of one chat, and returns the number of rows; 0 when none
 * is left. Run them in the order of this file: a membership is the list of the work that is left in its chat.
 */

/** Messages of one batch: the chat is locked for some hundredths of a second. */
const MESSAGE_BATCH_SIZE = 500;
/** Fewer, because a user may have given each of the emoji of a message. */
const TRACE_BATCH_SIZE = 200;

const chatRowsSchema = z.array(z.object({ chatId: z.uuid() }));
const idsSchema = z.array(z.object({ id: z.uuid() }));

/** Chats of one page of {@link hideAccountChats}; each has up to 200 members with a channel. */
const HIDDEN_PAGE_SIZE = 20;

/**
 * Deletes the logs of the channels of an account's chats and of their members, which contain its messages and its name.
 * Open pages reload and no longer see it.
 *
 * @param hasTime  checked after each page; false ends the call
 */
export async function hideAccountChats(userId: string, hasTime: () => boolean): Promise<void> {
  await resetChannels([`user:${userId}`]);
  for (let after: string | undefined; ; ) {
    const chats = await db().chatMember.findMany({
      where: { userId, ...(after === undefined ? {} : { chatId: { gt: after } }) },
      orderBy: { chatId: "asc" },
      take: HIDDEN_PAGE_SIZE,
      select: { chatId: true },
    });
    const chatIds = chats.map(({ chatId }) => chatId);
    if (chatIds.length === 0) return;
    const members = await db().chatMember.findMany({
      where: { chatId: { in: chatIds } },
      select: { userId: true },
      distinct: ["userId"],
    });
    await resetChannels([
      ...chatIds.map((chatId) => `chat:${chatId}` as const),
      ...members.map((member) => `user:${member.userId}` as const),
    ]);
    after = chatIds.at(-1);
    if (chatIds.length < HIDDEN_PAGE_SIZE || !hasTime()) return;
  }
}

/**
 * Empties one batch of the user's own messages. They keep their `seq`, and each gets its own revision, so that
 * disconnected clients catch up.
 */
export function eraseMessageBatch(userId: string): Promise<number> {
  return transaction(async (tx) => {
    const chatId = await lockFirstChat(
      tx,
      Prisma.sql`
SELECT x."chatId" FROM "ChatMessage" x WHERE x."authorId" = ${userId}::uuid ORDER BY x.id LIMIT 1`,
    );
    if (chatId === null) return 0;
    const rows = await tx.$queryRaw`
SELECT x.id FROM "ChatMessage" x WHERE x."chatId" = ${chatId}::uuid AND x."authorId" = ${userId}::uuid
LIMIT ${MESSAGE_BATCH_SIZE}`;
    const ids = idsSchema.parse(rows).map(({ id }) => id);
    // A message may have a reaction of every member: they may need batches of their own.
    const reactions = await tx.$executeRaw`
DELETE FROM "ChatReaction" r USING (
  SELECT given."messageId", given."userId", given.emoji FROM "ChatReaction" given
  WHERE given."messageId" = ANY(${ids}::uuid[]) LIMIT ${ERASURE_BATCH_SIZE}
) batch WHERE r."messageId" = batch."messageId" AND r."userId" = batch."userId" AND r.emoji = batch.emoji`;
    if (reactions === ERASURE_BATCH_SIZE) return reactions;
    await tx.chatAttachment.deleteMany({ where: { messageId: { in: ids } } });
    return tx.$executeRaw`
${withNextRevisions(chatId, ids)}
UPDATE "ChatMessage" x SET revision = numbered.revision, "authorId" = NULL,
  ${deletedMessageSetClause(new Date(now()))}
FROM numbered WHERE x.id = numbered.id`;
  });
}

/** Removes one batch of the user's reactions to, and mentions in, other users' messages. */
export function eraseTraceBatch(userId: string): Promise<number> {
  return transaction(async (tx) => {
    const chatId = await lockFirstChat(
      tx,
      Prisma.sql`
(SELECT x."chatId" FROM "ChatMessage" x
 WHERE x.mentions @> ARRAY[${userId}::uuid] AND x.mentions <> '{}' LIMIT 1)
UNION ALL
(SELECT x."chatId" FROM "ChatReaction" r JOIN "ChatMessage" x ON x.id = r."messageId"
 WHERE r."userId" = ${userId}::uuid LIMIT 1)
LIMIT 1`,
    );
    if (chatId === null) return 0;
    const rows = await tx.$queryRaw`
(SELECT x.id FROM "ChatMessage" x WHERE x."chatId" = ${chatId}::uuid
   AND x.mentions @> ARRAY[${userId}::uuid] AND x.mentions <> '{}' LIMIT ${TRACE_BATCH_SIZE})
UNION
(SELECT x.id FROM "ChatReaction" r JOIN "ChatMessage" x ON x.id = r."messageId"
 WHERE r."userId" = ${userId}::uuid AND x."chatId" = ${chatId}::uuid LIMIT ${TRACE_BATCH_SIZE})`;
    const ids = idsSchema.parse(rows).map(({ id }) => id);
    await tx.chatReaction.deleteMany({ where: { messageId: { in: ids }, userId } });
    // Only mentions in other users' messages contain the user's name.
    const mentionPattern = `@\\[[^\\]\\n]*\\]\\(${userId}\\)`;
    return tx.$executeRaw`
${withNextRevisions(chatId, ids)}
UPDATE "ChatMessage" x SET revision = numbered.revision, mentions = array_remove(x.mentions, ${userId}::uuid),
  text = regexp_replace(x.text, ${mentionPattern}, '@…', 'gi')
FROM numbered WHERE x.id = numbered.id`;
  });
}

/**
 * Removes the user from one chat, once nothing of theirs is left in its messages: a group passes to the
 * longest-standing member, a direct chat stays for the other user, and a chat without members is deleted, its empty
 * messages in batches before it.
 */
export async function eraseMembershipBatch(userId: string): Promise<number> {
  const membership = await db().chatMember.findFirst({
    where: { userId },
    orderBy: { chatId: "asc" },
    select: { chatId: true },
  });
  if (!membership) return 0;
  const { chatId } = membership;
  // Before the membership goes: after a crash in between, the next run does it again.
  await resetChannels([`chat:${chatId}`]);
  await invalidateCache(chatId);
  const removed = await transaction((tx) => leaveErasedChat(tx, userId, chatId));
  if (removed > 0) publishChatChanged(chatId);
  return removed;
}

async function leaveErasedChat(tx: Transaction, userId: string, chatId: string): Promise<number> {
  await lockFirstChat(tx, Prisma.sql`SELECT ${chatId}::uuid AS "chatId"`);
  // A request that was under way wrote something: the next pass over the account erases it first.
  if (await isNamedIn(tx, userId, chatId)) return 0;
  const others = await tx.chatMember.count({ where: { chatId, userId: { not: userId } } });
  if (others === 0) {
    const deleted = await tx.$executeRaw`
DELETE FROM "ChatMessage" WHERE id = ANY(ARRAY(
  SELECT id FROM "ChatMessage" WHERE "chatId" = ${chatId}::uuid LIMIT ${ERASURE_BATCH_SIZE}))`;
    if (deleted === 0) await tx.chat.delete({ where: { id: chatId }, select: { id: true } });
    return Math.max(deleted, 1);
  }
  await tx.chatMember.delete({ where: { chatId_userId: { chatId, userId } }, select: { chatId: true } });
  await assignMissingOwners(tx, [chatId]);
  // The key contains the user's id; a direct chat with one member needs no unique pair.
  await tx.$executeRaw`
UPDATE "Chat" SET "directKey" = id::text WHERE id = ${chatId}::uuid AND kind = 'direct'`;
  return 1;
}

/** Whether a chat has messages by the user, or mentions or reactions of theirs. */
async function isNamedIn(tx: Transaction, userId: string, chatId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
SELECT 1 WHERE EXISTS (
    SELECT FROM "ChatMessage" x WHERE x."chatId" = ${chatId}::uuid AND x."authorId" = ${userId}::uuid
  ) OR EXISTS (
    SELECT FROM "ChatMessage" x
    WHERE x.mentions @> ARRAY[${userId}::uuid] AND x.mentions <> '{}' AND x."chatId" = ${chatId}::uuid
  ) OR EXISTS (
    SELECT FROM "ChatReaction" r JOIN "ChatMessage" x ON x.id = r."messageId"
    WHERE r."userId" = ${userId}::uuid AND x."chatId" = ${chatId}::uuid
  )`;
  return rows.length > 0;
}

/** Locks the chat that a query finds, before any of its rows, as everywhere; null when it finds none. */
async function lockFirstChat(tx: Transaction, query: Prisma.Sql): Promise<string | null> {
  const [found] = chatRowsSchema.parse(await tx.$queryRaw(query));
  if (!found) return null;
  await tx.$executeRaw`SELECT 1 FROM "Chat" WHERE id = ${found.chatId}::uuid FOR NO KEY UPDATE`;
  return found.chatId;
}

/** CTEs: gives the messages of a locked chat its next revisions, in the order of `seq`, as `numbered`. */
function withNextRevisions(chatId: string, ids: readonly string[]): Prisma.Sql {
  return Prisma.sql`WITH numbered AS (
  SELECT x.id, c.revision + row_number() OVER (ORDER BY x.seq) AS revision
  FROM "ChatMessage" x JOIN "Chat" c ON c.id = x."chatId" WHERE x.id = ANY(${[...ids]}::uuid[])
), bumped AS (
  UPDATE "Chat" SET revision = revision + ${ids.length}::int WHERE id = ${chatId}::uuid
)`;
}
