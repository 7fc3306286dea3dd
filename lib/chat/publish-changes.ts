import { defer } from "../core/defer";
import { failpoint } from "../core/failpoint";
import { type ChatMessageView, clearLogs, emit } from "../realtime";
import type { StoredMessage } from "./message";
import { cacheMessage, updateCachedMessage } from "./message-cache";

/** A message in both forms. */
export interface MessageForms {
  stored: StoredMessage;
  view: ChatMessageView;
}

/**
 * After the commit, once the answer is out: Redis keeps the message, and whoever listens hears of it. Speed, not safety:
 * a process that dies here leaves a gap in the revisions that readers see and fill.
 */
export async function publishMessage(
  { stored, view }: MessageForms,
  { isNewest = false, takesBack: redacts = false } = {},
): Promise<void> {
  await failpoint("chat.committed");
  defer(() => (isNewest ? cacheMessage(stored) : updateCachedMessage(stored)));
  emit(`chat:${view.chatId}`, "message", view);
  if (redacts) resetChatLog(view.chatId);
}

/**
 * The log of a chat keeps what messages said, for a day; from now on it does not. When something was taken back, and
 * when somebody comes in, who may hear only what is said from then on. Whoever listens goes on listening.
 */
function resetChatLog(chatId: string): void {
  defer(() => clearLogs([`chat:${chatId}`]));
}

/** Somebody came in. */
export function publishMemberJoined(chatId: string, userId: string): void {
  resetChatLog(chatId);
  publishChatChanged(chatId, [userId]);
}

/** Who is in it, its name, or who may join is another one. @param userIds  whose lists of chats are */
export function publishChatChanged(chatId: string, userIds: readonly string[] = []): void {
  emit(`chat:${chatId}`, "changed", {});
  for (const userId of userIds) emit(`user:${userId}`, "chats", { chatId });
}
