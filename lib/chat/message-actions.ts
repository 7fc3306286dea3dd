import type { z } from "zod";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { Prisma, type Transaction } from "../db";
import type {
  ChatMessageView,
  messageChangeSchema,
  pinSchema,
  reactionSchema,
} from "../schemas/chat-message";
import { toCanonicalEmoji } from "../schemas/emoji";
import { MAX_EMOJI, MAX_PINNED } from "../schemas/limits";
import { extractMentionIds } from "../schemas/mention";
import { changeMessage, type LockedMessage, requireNotDeleted } from "./change-message";
import { filterMemberIds, notifyMentioned } from "./mentions";
import { firstExistingPostSql, resolveMentions } from "./message";

/**
 * Changes to existing messages. Each is one transaction, safe to repeat: a repeat changes nothing. All throw {AppError}
 * not_found for a non-member, and all but `deleteMessage` for a deleted message.
 */

/** Edits the caller's own message and notifies newly mentioned users. @throws forbidden for another author's message */
export function editMessage(
  caller: Caller,
  chatId: string,
  messageId: string,
  { text: newText }: z.output<typeof messageChangeSchema>,
): Promise<ChatMessageView> {
  const buildSetClause = async (tx: Transaction, before: LockedMessage) => {
    if (before.authorId !== caller.userId) throw new AppError("forbidden");
    requireNotDeleted(before);
    if (newText === "" && (await tx.chatAttachment.count({ where: { messageId } })) === 0) {
      throw new AppError("bad_request", { message: "message_empty", field: "text" });
    }
    const { text, mentions } = resolveMentions(
      newText,
      await filterMemberIds(tx, chatId, extractMentionIds(newText)),
    );
    if (text === before.text) return null;
    const addedMentions = mentions.filter((userId) => !before.mentions.includes(userId));
    await notifyMentioned(tx, caller, before.chat, before, addedMentions);
    return Prisma.sql`text = ${text}, mentions = ${mentions}::uuid[], "postId" = ${firstExistingPostSql(text)},
    "editedAt" = ${new Date(now())}`;
  };
  return changeMessage(caller, chatId, messageId, buildSetClause, { redacts: true });
}

/**
 * Deletes a message's text, reactions and attachments; the empty row stays, so that `seq` has no gap. Allowed for its
 * author, the owner of the group, and administrators, who need not be members.
 * @throws forbidden for any other member
 */
export function deleteMessage(caller: Caller, chatId: string, messageId: string): Promise<ChatMessageView> {
  const isAdministrator = caller.role === "admin";
  return changeMessage(
    caller,
    chatId,
    messageId,
    async (tx, before) => {
      const isOwner = before.chat.kind === "group" && before.chat.role === "owner";
      if (before.authorId !== caller.userId && !isOwner && !isAdministrator) throw new AppError("forbidden");
      if (before.deletedAt) return null;
      await tx.chatReaction.deleteMany({ where: { messageId } });
      await tx.chatAttachment.deleteMany({ where: { messageId } });
      return deletedMessageSetClause(new Date(now()));
    },
    { allowsBlocked: true, allowsNonMembers: isAdministrator, redacts: true },
  );
}

/** The SET clause that empties the row "ChatMessage" x of a deleted message; an earlier `deletedAt` is kept. */
export function deletedMessageSetClause(at: Date): Prisma.Sql {
  return Prisma.sql`text = '', mentions = '{}', "postId" = NULL, "replyToId" = NULL, "editedAt" = NULL,
    "pinnedAt" = NULL, "deletedAt" = coalesce(x."deletedAt", ${at})`;
}

/** Pins or unpins a message; allowed for any member. @throws conflict when too many are pinned */
export function pinMessage(
  caller: Caller,
  chatId: string,
  messageId: string,
  { pinned }: z.output<typeof pinSchema>,
): Promise<ChatMessageView> {
  return changeMessage(caller, chatId, messageId, async (tx, before) => {
    requireNotDeleted(before);
    if (pinned === (before.pinnedAt !== null)) return null;
    if (!pinned) return Prisma.sql`"pinnedAt" = NULL`;
    const pinnedCount = await tx.chatMessage.count({ where: { chatId, pinnedAt: { not: null } } });
    if (pinnedCount >= MAX_PINNED) throw new AppError("conflict", { message: "too_many_pinned" });
    return Prisma.sql`"pinnedAt" = ${new Date(now())}`;
  });
}

/**
 * Adds or removes the caller's reaction. Rows written before emoji had one form count as that form.
 * @throws conflict when the message has too many distinct emoji
 */
export function setReaction(
  caller: Caller,
  chatId: string,
  messageId: string,
  { emoji, on }: z.output<typeof reactionSchema>,
): Promise<ChatMessageView> {
  const { userId } = caller;
  return changeMessage(caller, chatId, messageId, async (tx, before) => {
    requireNotDeleted(before);
    const reactions = await tx.chatReaction.findMany({
      where: { messageId },
      select: { emoji: true, userId: true },
    });
    const ownForms = reactions
      .filter((reaction) => reaction.userId === userId && toCanonicalEmoji(reaction.emoji) === emoji)
      .map((reaction) => reaction.emoji);
    if (ownForms.length > 0 === on) return null;
    if (!on) {
      await tx.chatReaction.deleteMany({ where: { messageId, userId, emoji: { in: ownForms } } });
      return Prisma.sql`text = x.text`;
    }
    const distinctEmoji = new Set(reactions.map((reaction) => toCanonicalEmoji(reaction.emoji))).add(emoji);
    if (distinctEmoji.size > MAX_EMOJI) throw new AppError("conflict", { message: "too_many_reactions" });
    await tx.chatReaction.create({ data: { messageId, userId, emoji, createdAt: new Date(now()) } });
    return Prisma.sql`text = x.text`;
  });
}
