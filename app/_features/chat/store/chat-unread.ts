import type { ChatItem, ChatMessage } from "./chat-api";

/**
 * What is unread in a chat, from what a browser has heard of it in whatever order. Messages are numbered without gaps,
 * so one that is heard tells of those before it. Of these it is not known whose they are, or whether they were deleted:
 * they count until the server is asked.
 */

/** More than that is "99+". */
const MAX_UNREAD_COUNT = 100;

/** Somebody has written, or changed what they had. The same object when that says nothing new. */
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
  // Whoever writes has read what is before it.
  return own ? withRead(updated, message.seq) : updated;
}

/** One has read up to there. */
export function withRead(chat: ChatItem, seq: number): ChatItem {
  if (seq <= chat.readSeq) return chat;
  const unreadCount = Math.min(chat.unreadCount, Math.max(0, chat.lastSeq - seq));
  return { ...chat, readSeq: seq, unreadCount };
}

/** What the server said of it, with what was heard that may be newer. */
export function mergeChat(fetched: ChatItem, local: ChatItem, viewerId: string): ChatItem {
  const last = local.lastMessage;
  return withRead(last ? withMessage(fetched, last, viewerId) : fetched, local.readSeq);
}

/** Whether `said` is older than `heard` in something that counts. */
export function isStale(fetched: ChatItem, local: ChatItem): boolean {
  return fetched.lastSeq < local.lastSeq || fetched.readSeq < local.readSeq;
}
