import type { ChatItem } from "@/lib/schemas/chat";
import type { ChatMessage } from "./chat-api";

/**
 * Unread counts of a chat, computed from events in any order. Messages are numbered without gaps, so a message implies
 * all those before it. Their authors and deletions are unknown, so they count as unread until the list is fetched.
 */

/** Shown as "99+". */
const MAX_UNREAD_COUNT = 100;

/** Applies a new or changed message. Returns the same object when nothing changes. */
export function withMessage(chat: ChatItem, message: ChatMessage, viewerId: string): ChatItem {
  const own = message.authorId === viewerId;
  const last = chat.lastMessage;
  let updated = chat;
  if (message.seq > chat.lastSeq) {
    const before = Math.max(chat.lastSeq, chat.readSeq);
    const newMessages =
      Math.max(0, message.seq - before) - (message.seq > before && message.deletedAt !== null ? 1 : 0);
    updated = {
      ...chat,
      lastMessage: message,
      lastMessageAt: message.createdAt,
      lastSeq: message.seq,
      revision: Math.max(chat.revision, message.revision),
      unreadCount: Math.min(MAX_UNREAD_COUNT, chat.unreadCount + newMessages),
    };
  } else if (last?.id === message.id && message.revision > last.revision) {
    updated = { ...chat, lastMessage: message };
  }
  // An author has read all earlier messages.
  return own ? withRead(updated, message.seq) : updated;
}

/** Moves the read marker to `seq`; never backwards. */
export function withRead(chat: ChatItem, seq: number): ChatItem {
  if (seq <= chat.readSeq) return chat;
  const unreadCount = Math.min(chat.unreadCount, Math.max(0, chat.lastSeq - seq));
  return { ...chat, readSeq: seq, unreadCount };
}

/** The fetched chat, with what the tab knows that may be newer. */
export function mergeChat(fetched: ChatItem, local: ChatItem, viewerId: string): ChatItem {
  const last = local.lastMessage;
  return withRead(last ? withMessage(fetched, last, viewerId) : fetched, local.readSeq);
}

/** Whether `fetched` is older than `local` in its last message or read marker. */
export function isStale(fetched: ChatItem, local: ChatItem): boolean {
  return fetched.lastSeq < local.lastSeq || fetched.readSeq < local.readSeq;
}
