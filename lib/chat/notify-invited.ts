import type { Caller } from "../core/access-token";
import { newId } from "../core/ids";
import type { Transaction } from "../db";
import { backgroundTaskService } from "../tasks";

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
