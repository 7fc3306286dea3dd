import type { ChatItem } from "@/lib/schemas/chat";
import { type ChatMessage, fetchChats } from "./chat-api";
import {
  applyRenderedChats,
  type ChatListState,
  getChatListOwner,
  getChatListSnapshot,
  latestAt,
  updateChatList,
} from "./chat-list-state";
import { isRetryable } from "./is-retryable";

/** Minimum time between two fetches: changes within it share one. Also the base of the retry delay. */
const MIN_FETCH_INTERVAL_MS = 3_000;
/** Upper limit of the retry delay, which doubles with each failure. */
const MAX_RETRY_DELAY_MS = 60_000;

let timer: ReturnType<typeof setTimeout> | undefined;
let isFetching = false;
/** A change arrived since the last request was sent, whose response may be older. */
let refetchRequested = false;
let lastFetchAt = 0;
let nextFetchAt = 0;
let retryDelayMs = MIN_FETCH_INTERVAL_MS;

/** Applies the list that the server has rendered, or fetches it: {@link applyRenderedChats}. */
export function startChatList(viewerId: string, rendered: Partial<ChatListState>): void {
  if (!applyRenderedChats(viewerId, rendered)) requestChats();
}

/** Adds the next page of the list. */
export function appendChats(items: readonly ChatItem[], nextCursor: string | null): void {
  const list = getChatListSnapshot();
  const known = new Set(list.items?.map(({ id }) => id));
  updateChatList({ items: [...(list.items ?? []), ...items.filter(({ id }) => !known.has(id))], nextCursor });
}

/** Schedules a fetch of the first page; calls within {@link MIN_FETCH_INTERVAL_MS} share one. */
export function requestChats(): void {
  refetchRequested = true;
  if (!isFetching) schedule(MIN_FETCH_INTERVAL_MS);
}

/** @param ms  delay after the last fetch */
function schedule(ms: number): void {
  const at = Math.max(Date.now() + 50, lastFetchAt + ms);
  if (getChatListOwner() === null || (timer !== undefined && nextFetchAt <= at)) return;
  clearTimeout(timer);
  nextFetchAt = at;
  timer = setTimeout(() => void fetchFirstPage(), at - Date.now());
}

async function fetchFirstPage(): Promise<void> {
  timer = undefined;
  refetchRequested = false;
  isFetching = true;
  lastFetchAt = Date.now();
  const requestedFor = getChatListOwner();
  const result = await fetchChats();
  isFetching = false;
  if (requestedFor !== getChatListOwner()) refetchRequested = true;
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

/** Applies the first page, as it was at some moment since the request. */
function applyPage(page: ChatListState & { items: readonly ChatItem[] }): void {
  const list = getChatListSnapshot();
  const knownChats = new Map(list.items?.map((chat) => [chat.id, chat]));
  let { unreadCount } = page;
  const items = page.items.map((fetched) => {
    const local = knownChats.get(fetched.id);
    if (!local || !isStale(fetched, local)) return fetched;
    refetchRequested = true;
    const chat = mergeChat(fetched, local, getChatListOwner() ?? "");
    unreadCount += chat.unreadCount - fetched.unreadCount;
    return chat;
  });
  // Chats loaded further down stay; of the first page only those that the server returned.
  const end = page.items.at(-1);
  const ids = new Set(items.map(({ id }) => id));
  const laterChats =
    page.nextCursor && end
      ? (list.items?.filter((chat) => !ids.has(chat.id) && latestAt(chat) < latestAt(end)) ?? [])
      : [];
  updateChatList({
    items: [...items, ...laterChats],
    nextCursor: laterChats.length > 0 ? list.nextCursor : page.nextCursor,
    unreadCount: Math.max(0, unreadCount),
    blockedIds: page.blockedIds,
  });
}

/** @param updater  returns the same object when nothing changes */
function updateChat(chatId: string, updater: (chat: ChatItem) => ChatItem): void {
  const list = getChatListSnapshot();
  const chat = list.items?.find(({ id }) => id === chatId);
  if (!list.items || !chat) {
    requestChats();
    return;
  }
  const updated = updater(chat);
  if (updated === chat) return;
  if (isFetching) refetchRequested = true;
  updateChatList({
    items: list.items.map((item) => (item === chat ? updated : item)),
    unreadCount: Math.max(0, list.unreadCount + updated.unreadCount - chat.unreadCount),
  });
}

/** Applies a new or changed message. */
export function applyMessage(message: ChatMessage, viewerId: string): void {
  updateChat(message.chatId, (chat) => {
    const unread = message.seq > chat.readSeq;
    // Messages were missed, or a counted message was deleted or is the viewer's own.
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

/** The viewer has read up to `seq`, here or on another device. */
export function applyRead(chatId: string, seq: number): void {
  updateChat(chatId, (chat) => {
    // Only the server knows how many messages after `seq` are unread.
    if (seq > chat.readSeq && seq < chat.lastSeq) requestChats();
    return withRead(chat, seq);
  });
}

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
