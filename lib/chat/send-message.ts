import { z } from "zod";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import {
  db,
  isForeignKeyViolation,
  isUniqueViolation,
  Prisma,
  retryOnConflict,
  type Transaction,
  transaction,
} from "../db";
import { emit } from "../realtime";
import type { ChatMessageView, newMessageSchema } from "../schemas/chat-message";
import { extractMentionIds, plainText } from "../schemas/mention";
import { attachFiles } from "./attach-files";
import { lockChat, requireNotBlocked } from "./lock-chat";
import { filterMemberIds, notifyMentioned } from "./mentions";
import {
  firstExistingPostSql,
  referencesSql,
  referenceTablesSql,
  resolveMentions,
  storedMessagesSql,
  storedWithReferencesSchema,
  toMessageViews,
} from "./message";
import { type MessageForms, publishMessage } from "./publish-changes";
import { queryMessages } from "./query-messages";

type NewMessage = z.output<typeof newMessageSchema>;

/**
 * Writes a message, exactly once per `clientId`: one statement increments the chat's `lastSeq` and `revision`, inserts
 * the message and moves its author's read marker. A repeat violates the unique key (chat, author, clientId), which
 * rolls the whole statement back, and returns the existing message. Safe to repeat, also concurrently; another text
 * under the same `clientId` is not a repeat.
 *
 * @returns the message, and whether this call created it
 * @throws {AppError} not_found for a non-member; cannot_write where a block is between the two of a direct chat; both
 *         also when the removal or the block commits while this waits for the chat's row; conflict for a `clientId` that
 *         was used for another text; bad_request for a `replyToId` of another chat, and for files that are not the
 *         author's or are attached already
 */
export async function sendMessage(
  caller: Caller,
  chatId: string,
  input: NewMessage,
): Promise<{ message: ChatMessageView; created: boolean }> {
  try {
    const forms = await retryOnForeignKeyViolation(() => writeMessage(caller, chatId, input));
    await publishMessage(forms, { isNewest: true });
    // The chat is in their list again, to whose channel their pages are not subscribed.
    for (const userId of forms.shownTo) emit(`user:${userId}`, "chats", { chatId });
    return { message: forms.view, created: true };
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
  }
  const message = await findSentMessage(caller, chatId, input);
  // The process that wrote it may have died before publishing it. Subscribers recognize a repeat by its revision.
  emit(`chat:${chatId}`, "message", message);
  return { message, created: false };
}

/** Finds the message of an earlier attempt, also when it was edited or deleted since. */
async function findSentMessage(
  { userId }: Caller,
  chatId: string,
  { clientId, text }: NewMessage,
): Promise<ChatMessageView> {
  const { views } = await queryMessages(
    userId,
    chatId,
    Prisma.sql`AND x."authorId" = ${userId}::uuid AND x."clientId" = ${clientId}::uuid`,
  );
  const [message] = views;
  if (!message) throw new AppError("conflict");
  const isUnchanged = message.editedAt === null && message.deletedAt === null;
  if (isUnchanged && plainText(message.text) !== plainText(text)) {
    throw new AppError("conflict", { message: "client_id_taken", field: "clientId" });
  }
  return message;
}

/** Retries once: a row that the message refers to (a post, the author) was deleted after it was looked up. */
async function retryOnForeignKeyViolation<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!isForeignKeyViolation(error)) throw error;
    return run();
  }
}

interface WrittenMessage extends MessageForms {
  /** Members who had left the direct chat, which the message has brought back. */
  shownTo: string[];
}

async function writeMessage(caller: Caller, chatId: string, input: NewMessage): Promise<WrittenMessage> {
  const mentionedIds = extractMentionIds(input.text);
  if (mentionedIds.length === 0 && input.attachmentIds.length === 0) {
    return retryOnConflict(() => insertMessage(db(), caller, chatId, { ...input, mentions: [] }));
  }
  // Mentions, their tasks and attachments commit with the message. The chat is locked first, as everywhere.
  return transaction(async (tx) => {
    const chat = await lockChat(tx, caller, chatId);
    const members = await filterMemberIds(tx, chatId, mentionedIds);
    const forms = await insertMessage(tx, caller, chatId, {
      ...input,
      ...resolveMentions(input.text, members),
    });
    await notifyMentioned(tx, caller, chat, forms.stored, forms.stored.mentions);
    if (input.attachmentIds.length === 0) return forms;
    const attachments = await attachFiles(tx, caller, forms.stored.id, input.attachmentIds);
    return { ...forms, stored: { ...forms.stored, attachments }, view: { ...forms.view, attachments } };
  });
}

const insertedRowsSchema = z.tuple([
  z.object({ member: z.boolean(), shownTo: z.array(z.uuid()) }).extend(storedWithReferencesSchema.shape),
]);

/**
 * One statement. It locks the chat's row until the commit, so that messages become visible in the order of `seq`. Then
 * it locks the author's membership, because only a lock reads a row as it is by then: the statement sees all other rows
 * as of before it waited, and a removal that it waited for would be missed.
 */
async function insertMessage(
  client: Transaction,
  { userId }: Caller,
  chatId: string,
  { clientId, text, mentions, replyToId: requestedReplyToId }: NewMessage & { mentions: string[] },
): Promise<WrittenMessage> {
  const replyToId = requestedReplyToId ?? null;
  const rows = await client.$queryRaw`
WITH locked AS (
  SELECT c.id FROM "Chat" c WHERE c.id = ${chatId}::uuid FOR NO KEY UPDATE
), member AS (
  SELECT locked.id FROM locked JOIN "ChatMember" m ON m."chatId" = locked.id
  JOIN "User" u ON u.id = m."userId" AND u."deletedAt" IS NULL
  WHERE m."userId" = ${userId}::uuid AND m."leftAt" IS NULL
  FOR NO KEY UPDATE OF m
), bumped AS (
  UPDATE "Chat" c SET "lastSeq" = c."lastSeq" + 1, revision = c.revision + 1,
    "lastMessageAt" = greatest(c."lastMessageAt", ${new Date(now())}::timestamptz)
  FROM member
  WHERE c.id = member.id AND NOT c."isBlocked" AND (${replyToId}::uuid IS NULL OR EXISTS (
    SELECT FROM "ChatMessage" r WHERE r.id = ${replyToId}::uuid AND r."chatId" = ${chatId}::uuid
  ))
  RETURNING c.id, c.kind, c."lastSeq", c.revision, c."lastMessageAt"
), picked AS (
  INSERT INTO "ChatMessage" (id, "chatId", seq, revision, "clientId", "authorId", text, "replyToId", "postId", mentions,
    "createdAt")
  SELECT ${newId()}::uuid, bumped.id, bumped."lastSeq", bumped.revision, ${clientId}::uuid, ${userId}::uuid, ${text},
    ${replyToId}::uuid, ${firstExistingPostSql(text)}, ${mentions}::uuid[], bumped."lastMessageAt"
  FROM bumped
  RETURNING *
), seen AS (
  UPDATE "ChatMember" m SET "readSeq" = bumped."lastSeq" FROM bumped
  WHERE m."chatId" = bumped.id AND m."userId" = ${userId}::uuid
), shown AS (
  SELECT m."userId" FROM bumped JOIN "ChatMember" m ON m."chatId" = bumped.id AND m."hiddenSeq" = bumped."lastSeq" - 1
  WHERE bumped.kind = 'direct'
), ${referenceTablesSql()}
SELECT EXISTS (SELECT FROM member) AS member,
  (SELECT coalesce(jsonb_agg(shown."userId"), '[]') FROM shown) AS "shownTo", ${storedMessagesSql}, ${referencesSql}`;
  const [{ member, shownTo, ...picked }] = insertedRowsSchema.parse(rows);
  const [stored] = picked.items;
  const [view] = toMessageViews(picked.items, picked);
  if (stored && view) return { stored, view, shownTo };
  if (!member) throw new AppError("not_found", { message: "chat_not_found" });
  // Read again: the block may have been committed while the statement waited for the chat's row.
  requireNotBlocked(
    await client.chat.findUniqueOrThrow({ where: { id: chatId }, select: { isBlocked: true } }),
  );
  throw new AppError("bad_request", { message: "message_not_found", field: "replyToId" });
}
