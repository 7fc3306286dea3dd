import { type ChatItem, fetchChats, type Message } from "./chat-api";
import { isOlder, merged, withMessage, withRead } from "./chat-unread";
import { isPassing } from "./is-retryable";

/** Changes that come together are asked about together, and not more often than that. */
const ASK_EVERY_MS = 3_000;
/** Without an answer it is asked again, each time twice as late, up to this. */
const LONGEST_AGAIN_MS = 60_000;

export interface ChatList {
  /** The one with the latest message first; null until they are known. */
  items: readonly ChatItem[] | null;
  nextCursor: string | null;
  /** Of all chats. */
  unreadCount: number;
}

let list: ChatList = { items: null, nextCursor: null, unreadCount: 0 };
/** Whose it is; null until somebody's page has begun. */
let owner: string | null = null;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let asking = false;
/** Something was heard since the last question: its answer may be older. */
let wanted = false;
let askedAt = 0;
let askAt = 0;
let againMs = ASK_EVERY_MS;

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

/**
 * What the server has rendered: the count in the frame, or the list with it. It may be older than what this tab knows,
 * as after the browser's "back": then the server is asked.
 */
export function beginChatList(viewerId: string, rendered: Partial<ChatList>): void {
  if (owner !== null && owner !== viewerId) list = { items: null, nextCursor: null, unreadCount: 0 };
  owner = viewerId;
  if (list.items) askChats();
  else set(rendered);
}

/** The next page of the list. */
export function addChats(items: readonly ChatItem[], nextCursor: string | null): void {
  const known = new Set(list.items?.map(({ id }) => id));
  set({ items: [...(list.items ?? []), ...items.filter(({ id }) => !known.has(id))], nextCursor });
}

/** Asks the server, soon and not too often. */
export function askChats(): void {
  wanted = true;
  if (!asking) schedule(ASK_EVERY_MS);
}

/** @param ms  after the last question */
function schedule(ms: number): void {
  const at = Math.max(Date.now() + 50, askedAt + ms);
  if (owner === null || (timer !== undefined && askAt <= at)) return;
  clearTimeout(timer);
  askAt = at;
  timer = setTimeout(() => void ask(), at - Date.now());
}

async function ask(): Promise<void> {
  timer = undefined;
  wanted = false;
  asking = true;
  askedAt = Date.now();
  const of = owner;
  const result = await fetchChats();
  asking = false;
  if (of !== owner) wanted = true;
  else if (result.ok) {
    againMs = ASK_EVERY_MS;
    take(result.data);
  } else if (isPassing(result.failure)) {
    againMs = Math.max(againMs * 2, (result.failure.retryAfterSeconds ?? 0) * 1_000);
    schedule(Math.min(LONGEST_AGAIN_MS, againMs));
    return;
  }
  if (wanted) askChats();
}

/** The first page, as it was at some moment since it was asked for. */
function take(page: ChatList & { items: readonly ChatItem[] }): void {
  const before = new Map(list.items?.map((chat) => [chat.id, chat]));
  let { unreadCount } = page;
  const items = page.items.map((said) => {
    const heard = before.get(said.id);
    if (!heard || !isOlder(said, heard)) return said;
    wanted = true;
    const chat = merged(said, heard, owner ?? "");
    unreadCount += chat.unreadCount - said.unreadCount;
    return chat;
  });
  // What was loaded further down stays; of the first page only what the server has.
  const end = page.items.at(-1);
  const ids = new Set(items.map(({ id }) => id));
  const further =
    page.nextCursor && end
      ? (list.items?.filter((chat) => !ids.has(chat.id) && latest(chat) < latest(end)) ?? [])
      : [];
  set({
    items: [...items, ...further],
    nextCursor: further.length > 0 ? list.nextCursor : page.nextCursor,
    unreadCount: Math.max(0, unreadCount),
  });
}

/** @param to  gives the same object when nothing changes */
function change(chatId: string, to: (chat: ChatItem) => ChatItem): void {
  const chat = list.items?.find(({ id }) => id === chatId);
  if (!list.items || !chat) {
    askChats();
    return;
  }
  const after = to(chat);
  if (after === chat) return;
  if (asking) wanted = true;
  set({
    items: list.items.map((each) => (each === chat ? after : each)),
    unreadCount: Math.max(0, list.unreadCount + after.unreadCount - chat.unreadCount),
  });
}

/** Somebody has written, or changed what they had. */
export function hearMessage(message: Message, viewerId: string): void {
  change(message.chatId, (chat) => {
    const unread = message.seq > chat.readSeq;
    // Others were missed, or one that counts was deleted or turns out to be one's own.
    if (message.seq > chat.lastSeq + 1) askChats();
    else if (
      unread &&
      message.seq <= chat.lastSeq &&
      (message.deletedAt !== null || message.authorId === viewerId)
    )
      askChats();
    return withMessage(chat, message, viewerId);
  });
}

/** One has read up to there, here or on another device. */
export function hearRead(chatId: string, seq: number): void {
  change(chatId, (chat) => {
    // How many of those after it count, the server knows.
    if (seq > chat.readSeq && seq < chat.lastSeq) askChats();
    return withRead(chat, seq);
  });
}
