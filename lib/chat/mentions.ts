import type { Caller } from "../core/access-token";
import { newId } from "../core/ids";
import { keyedHash } from "../core/keyed-hash";
import type { Transaction } from "../db";
import { backgroundTaskService } from "../tasks";
import type { LockedChat } from "./lock-chat";
import type { StoredMessage } from "./message";

/** Filters user ids down to members of the chat whose accounts are not being erased. */
export async function filterMemberIds(
  tx: Transaction,
  chatId: string,
  userIds: readonly string[],
): Promise<Set<string>> {
  if (userIds.length === 0) return new Set();
  const rows = await tx.chatMember.findMany({
    where: { chatId, userId: { in: [...userIds] }, leftAt: null, user: { deletedAt: null } },
    select: { userId: true },
  });
  return new Set(rows.map(({ userId }) => userId));
}

/** Notifies each mentioned user once per message, however often it is edited; never its author. */
export async function notifyMentioned(
  tx: Transaction,
  author: Caller,
  chat: Pick<LockedChat, "title">,
  { id: messageId, chatId }: Pick<StoredMessage, "id" | "chatId">,
  userIds: readonly string[],
): Promise<void> {
  for (const userId of userIds) {
    if (userId === author.userId) continue;
    const data = {
      ...{ chatId, messageId, chatTitle: chat.title },
      ...{ authorId: author.userId, authorName: author.name },
    };
    // The author owns the task, so that deleting their account cancels it (lib/privacy).
    await backgroundTaskService.sendTypedNotification(
      { userId, kind: "mention", data },
      { tx, key: mentionTaskKey(messageId, userId), ownerId: author.userId },
    );
  }
}

/** Task keys outlive accounts, so they contain no user id. */
function mentionTaskKey(messageId: string, userId: string): string {
  return `mention:${messageId}:${keyedHash("account", `${messageId}:${userId}`).toString("base64url")}`;
}

/** Notifies users who were added to a group, in the transaction that adds them, so that each is notified once. */
export async function notifyInvited(
  tx: Transaction,
  inviter: Caller,
  chat: { id: string; title: string | null },
  userIds: readonly string[],
): Promise<void> {
  for (const userId of userIds) {
    const data = { chatId: chat.id, chatTitle: chat.title, byId: inviter.userId, byName: inviter.name };
    // The inviter owns the task, so that deleting their account cancels it (lib/privacy).
    await backgroundTaskService.sendTypedNotification(
      { userId, kind: "chat_invite", data },
      { tx, key: `chat-invite:${newId()}`, ownerId: inviter.userId },
    );
  }
}
