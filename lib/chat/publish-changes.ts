import { defer } from "../core/defer";
import { failpoint } from "../core/failpoint";
import { clearLogs, emit } from "../realtime";
import type { ChatMessageView } from "../schemas/chat-message";
import { cacheMessage, updateCachedMessage } from "./cache-store";
import type { StoredMessage } from "./message";

/** A message in both forms. */
export interface MessageForms {
  stored: StoredMessage;
  view: ChatMessageView;
}

/**
 * Caches and publishes a message after the commit, once the response is sent. Best effort: a process that dies here
 * leaves a gap in the revisions, which clients detect and fill.
 */
export async function publishMessage(
  { stored, view }: MessageForms,
  { isNewest = false, redacts = false } = {},
): Promise<void> {
  await failpoint("chat.committed");
  defer(() => (isNewest ? cacheMessage(stored) : updateCachedMessage(stored)));
  emit(`chat:${view.chatId}`, "message", view);
  if (redacts) resetChatLog(view.chatId);
}

/**
 * Clears a chat's channel log, which has message texts of up to a day: after a redaction, and when a member joins, who
 * may receive only later events. Current subscriptions continue.
 */
function resetChatLog(chatId: string): void {
  defer(() => clearLogs([`chat:${chatId}`]));
}

/** Publishes that a user joined. */
export function publishMemberJoined(chatId: string, userId: string): void {
  resetChatLog(chatId);
  publishChatChanged(chatId, [userId]);
}

/** Publishes that a chat's members, name or openness changed. @param userIds  users whose list of chats changed */
export function publishChatChanged(chatId: string, userIds: readonly string[] = []): void {
  emit(`chat:${chatId}`, "changed", {});
  for (const userId of userIds) emit(`user:${userId}`, "chats", { chatId });
}
