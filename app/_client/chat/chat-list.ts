import { type ChatItem, fetchChats, type Message } from "./calls";

/** Changes that come together are asked about together, and not more often than that. */
const ASK_EVERY_MS = 3_000;
/** More than that is "99+". */
const MOST_UNREAD = 100;

export interface ChatList {
  /** The one with the latest message first; null until they are known. */
  items: readonly ChatItem[] | null;
  nextCursor: string | null;
  /** Of all chats. */
  unreadCount: number;
}

let list: ChatList = { items: null, nextCursor: null, unreadCount: 0 };
let begun = false;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let askedAt = 0;

/** The chats of whoever is signed in, as this tab knows them. The list and the badges of the frame read the same. */
export function readChatList(): ChatList {
  return list;
}

export function subscribeToChatList(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function set(change: Partial<ChatList>): void {
  const items = change.items ?? list.items;
  list = { ...list, ...change, items: items && [...items].sort(byLatest) };
  for (const listener of listeners) listener();
}

const latest = ({ lastMessageAt, createdAt }: ChatItem) => lastMessageAt ?? createdAt;
const byLatest = (a: ChatItem, b: ChatItem) => latest(b).localeCompare(latest(a)) || b.id.localeCompare(a.id);

/** What the server has rendered: the count in the frame, or the list with it. */
export function beginChatList(rendered: Partial<ChatList>): void {
  begun = true;
  set(rendered);
}

/** The next page of the list. */
export function addChats(items: readonly ChatItem[], nextCursor: string | null): void {
  const known = new Set(list.items?.map(({ id }) => id));
  set({ items: [...(list.items ?? []), ...items.filter(({ id }) => !known.has(id))], nextCursor });
}

/** Asks the server, soon and not too often. */
export function askChats(): void {
  if (!begun || timer !== undefined) return;
  timer = setTimeout(() => void ask(), Math.max(50, askedAt + ASK_EVERY_MS - Date.now()));
}

async function ask(): Promise<void> {
  askedAt = Date.now();
  const result = await fetchChats();
  timer = undefined;
  if (!result.ok) return;
  const { items, nextCursor, unreadCount } = result.data;
  const before = new Map(list.items?.map((chat) => [chat.id, chat]));
  // What was loaded further down stays; of the first page only what the server has.
  const end = items.at(-1);
  const further = nextCursor && end ? (list.items?.filter((chat) => latest(chat) < latest(end)) ?? []) : [];
  set({
    items: [...items, ...further],
    nextCursor: further.length > 0 ? list.nextCursor : nextCursor,
    unreadCount,
  });
  // Something was said while the answer was on its way.
  if (items.some((chat) => (before.get(chat.id)?.lastSeq ?? 0) > chat.lastSeq)) askChats();
}

function change(chatId: string, to: (chat: ChatItem) => Partial<ChatItem>): void {
  const chat = list.items?.find(({ id }) => id === chatId);
  if (!list.items || !chat) {
    askChats();
    return;
  }
  const after = { ...chat, ...to(chat) };
  set({
    items: list.items.map((each) => (each === chat ? after : each)),
    unreadCount: Math.max(0, list.unreadCount + after.unreadCount - chat.unreadCount),
  });
}

/** Somebody has written, or changed what they had. */
export function hearMessage(message: Message, viewerId: string): void {
  change(message.chatId, (chat) => {
    if (message.seq > chat.lastSeq) {
      const unread = message.authorId !== viewerId && message.seq > chat.readSeq;
      return {
        lastMessage: message,
        lastMessageAt: message.createdAt,
        lastSeq: message.seq,
        revision: message.revision,
        unreadCount: Math.min(MOST_UNREAD, chat.unreadCount + (unread ? 1 : 0)),
      };
    }
    // One unread message less, perhaps.
    if (message.deletedAt !== null && message.seq > chat.readSeq) askChats();
    const last = chat.lastMessage;
    if (last?.id === message.id && message.revision > last.revision) return { lastMessage: message };
    return {};
  });
}

/** One has read up to there. @param unreadCount  when the server has said it */
export function hearRead(chatId: string, seq: number, unreadCount?: number): void {
  change(chatId, (chat) => {
    if (seq < chat.readSeq) return {};
    if (unreadCount !== undefined) return { readSeq: seq, unreadCount };
    if (seq >= chat.lastSeq) return { readSeq: seq, unreadCount: 0 };
    if (seq > chat.readSeq) askChats();
    return { readSeq: seq };
  });
}
