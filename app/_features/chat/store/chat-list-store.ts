import { type ChatItem, type ChatMessage, fetchChats } from "./chat-api";
import { isStale, mergeChat, withMessage, withRead } from "./chat-unread";
import { isRetryable } from "./is-retryable";

/** Changes that come together are asked about together, and not more often than that. */
const MIN_FETCH_INTERVAL_MS = 3_000;
/** Without an answer it is asked again, each time twice as late, up to this. */
const MAX_RETRY_DELAY_MS = 60_000;

export interface ChatListState {
  /** The one with the latest message first; null until they are known. */
  items: readonly ChatItem[] | null;
  nextCursor: string | null;
  /** Of all chats. */
  unreadCount: number;
}

let list: ChatListState = { items: null, nextCursor: null, unreadCount: 0 };
/** Whose it is; null until somebody's page has begun. */
let ownerId: string | null = null;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let isFetching = false;
/** Something was heard since the last question: its answer may be older. */
let refetchRequested = false;
let lastFetchAt = 0;
let nextFetchAt = 0;
let retryDelayMs = MIN_FETCH_INTERVAL_MS;

/** The chats of whoever is signed in, as this tab knows them. The list and the badges of the frame read the same. */
export function getChatListSnapshot(): ChatListState {
  return list;
}

export function subscribeToChatList(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function update(change: Partial<ChatListState>): void {
  const items = change.items ?? list.items;
  list = { ...list, ...change, items: items && [...items].sort(byLatest) };
  for (const listener of listeners) listener();
}

const latestAt = ({ lastMessageAt, createdAt }: ChatItem) => lastMessageAt ?? createdAt;
const byLatest = (a: ChatItem, b: ChatItem) =>
  latestAt(b).localeCompare(latestAt(a)) || b.id.localeCompare(a.id);

/**
 * What the server has rendered: the count in the frame, or the list with it. It may be older than what this tab knows,
 * as after the browser's "back": then the server is asked.
 */
export function startChatList(viewerId: string, rendered: Partial<ChatListState>): void {
  if (ownerId !== null && ownerId !== viewerId) list = { items: null, nextCursor: null, unreadCount: 0 };
  ownerId = viewerId;
  if (list.items) requestChats();
  else update(rendered);
}

/** The next page of the list. */
export function appendChats(items: readonly ChatItem[], nextCursor: string | null): void {
  const known = new Set(list.items?.map(({ id }) => id));
  update({ items: [...(list.items ?? []), ...items.filter(({ id }) => !known.has(id))], nextCursor });
}

/** Asks the server, soon and not too often. */
export function requestChats(): void {
  refetchRequested = true;
  if (!isFetching) schedule(MIN_FETCH_INTERVAL_MS);
}

/** @param ms  after the last question */
function schedule(ms: number): void {
  const at = Math.max(Date.now() + 50, lastFetchAt + ms);
  if (ownerId === null || (timer !== undefined && nextFetchAt <= at)) return;
  clearTimeout(timer);
  nextFetchAt = at;
  timer = setTimeout(() => void fetchFirstPage(), at - Date.now());
}

async function fetchFirstPage(): Promise<void> {
  timer = undefined;
  refetchRequested = false;
  isFetching = true;
  lastFetchAt = Date.now();
  const requestedFor = ownerId;
  const result = await fetchChats();
  isFetching = false;
  if (requestedFor !== ownerId) refetchRequested = true;
  else if (result.ok) {
    retryDelayMs = MIN_FETCH_INTERVAL_MS;
    applyPage(result.data);
  } else if (isRetryable(result.failure)) {
    retryDelayMs = Math.max(retryDelayMs * 2, (result.failure.retryAfterSeconds ?? 0) * 1_000);
    schedule(Math.min(MAX_RETRY_DELAY_MS, retryDelayMs));
    return;
  }
  if (refetchRequested) requestChats();
}

/** The first page, as it was at some moment since it was asked for. */
function applyPage(page: ChatListState & { items: readonly ChatItem[] }): void {
  const knownChats = new Map(list.items?.map((chat) => [chat.id, chat]));
  let { unreadCount } = page;
  const items = page.items.map((fetched) => {
    const local = knownChats.get(fetched.id);
    if (!local || !isStale(fetched, local)) return fetched;
    refetchRequested = true;
    const chat = mergeChat(fetched, local, ownerId ?? "");
    unreadCount += chat.unreadCount - fetched.unreadCount;
    return chat;
  });
  // What was loaded further down stays; of the first page only what the server has.
  const end = page.items.at(-1);
  const ids = new Set(items.map(({ id }) => id));
  const laterChats =
    page.nextCursor && end
      ? (list.items?.filter((chat) => !ids.has(chat.id) && latestAt(chat) < latestAt(end)) ?? [])
      : [];
  update({
    items: [...items, ...laterChats],
    nextCursor: laterChats.length > 0 ? list.nextCursor : page.nextCursor,
    unreadCount: Math.max(0, unreadCount),
  });
}

/** @param updater  gives the same object when nothing changes */
function updateChat(chatId: string, updater: (chat: ChatItem) => ChatItem): void {
  const chat = list.items?.find(({ id }) => id === chatId);
  if (!list.items || !chat) {
    requestChats();
    return;
  }
  const updated = updater(chat);
  if (updated === chat) return;
  if (isFetching) refetchRequested = true;
  update({
    items: list.items.map((each) => (each === chat ? updated : each)),
    unreadCount: Math.max(0, list.unreadCount + updated.unreadCount - chat.unreadCount),
  });
}

/** Somebody has written, or changed what they had. */
export function applyMessage(message: ChatMessage, viewerId: string): void {
  updateChat(message.chatId, (chat) => {
    const unread = message.seq > chat.readSeq;
    // Others were missed, or one that counts was deleted or turns out to be one's own.
    if (message.seq > chat.lastSeq + 1) requestChats();
    else if (
      unread &&
      message.seq <= chat.lastSeq &&
      (message.deletedAt !== null || message.authorId === viewerId)
    )
      requestChats();
    return withMessage(chat, message, viewerId);
  });
}

/** One has read up to there, here or on another device. */
export function applyRead(chatId: string, seq: number): void {
  updateChat(chatId, (chat) => {
    // How many of those after it count, the server knows.
    if (seq > chat.readSeq && seq < chat.lastSeq) requestChats();
    return withRead(chat, seq);
  });
}
