import type { Caller } from "../core/access-token";
import { newId } from "../core/ids";
import type { Transaction } from "../db";
import { enqueue } from "../tasks";

/** Whoever was put into a group hears of it. In the transaction that puts them there, so that once is once. */
export async function notifyInvited(
  tx: Transaction,
  inviter: Caller,
  chat: { id: string; title: string | null },
  userIds: readonly string[],
): Promise<void> {
  for (const userId of userIds) {
    const data = { chatId: chat.id, chatTitle: chat.title, byId: inviter.userId, byName: inviter.name };
    // Whoever invites owns the task: with their account it goes (lib/privacy).
    await enqueue(
      tx,
      "notifications",
      { userId, kind: "chat_invite", data },
      { key: `chat-invite:${newId()}`, ownerId: inviter.userId },
    );
  }
}
