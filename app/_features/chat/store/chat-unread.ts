import type { ChatItem, Message } from "./chat-api";

/**
 * What is unread in a chat, from what a browser has heard of it in whatever order. Messages are numbered without gaps,
 * so one that is heard tells of those before it. Of these it is not known whose they are, or whether they were deleted:
 * they count until the server is asked.
 */

/** More than that is "99+". */
const MOST_UNREAD = 100;

/** Somebody has written, or changed what they had. The same object when that says nothing new. */
export function withMessage(chat: ChatItem, message: Message, viewerId: string): ChatItem {
  const own = message.authorId === viewerId;
  const last = chat.lastMessage;
  let after = chat;
  if (message.seq > chat.lastSeq) {
    const before = Math.max(chat.lastSeq, chat.readSeq);
    const fresh =
      Math.max(0, message.seq - before) - (message.seq > before && message.deletedAt !== null ? 1 : 0);
    after = {
      ...chat,
      lastMessage: message,
      lastMessageAt: message.createdAt,
      lastSeq: message.seq,
      revision: Math.max(chat.revision, message.revision),
      unreadCount: Math.min(MOST_UNREAD, chat.unreadCount + fresh),
    };
  } else if (last?.id === message.id && message.revision > last.revision) {
    after = { ...chat, lastMessage: message };
  }
  // Whoever writes has read what is before it.
  return own ? withRead(after, message.seq) : after;
}

/** One has read up to there. */
export function withRead(chat: ChatItem, seq: number): ChatItem {
  if (seq <= chat.readSeq) return chat;
  const unreadCount = Math.min(chat.unreadCount, Math.max(0, chat.lastSeq - seq));
  return { ...chat, readSeq: seq, unreadCount };
}

/** What the server said of it, with what was heard that may be newer. */
export function merged(said: ChatItem, heard: ChatItem, viewerId: string): ChatItem {
  const last = heard.lastMessage;
  return withRead(last ? withMessage(said, last, viewerId) : said, heard.readSeq);
}

/** Whether `said` is older than `heard` in something that counts. */
export function isOlder(said: ChatItem, heard: ChatItem): boolean {
  return said.lastSeq < heard.lastSeq || said.readSeq < heard.readSeq;
}
