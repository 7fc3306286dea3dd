import type { ChatItem } from "@/lib/schemas/chat";

export interface ChatListState {
  /** Latest message first; null until loaded. */
  items: readonly ChatItem[] | null;
  nextCursor: string | null;
  /** In all chats. */
  unreadCount: number;
  /** Whom the user has blocked. */
  blockedIds: readonly string[];
}

/** Before anything is known. */
export const EMPTY_CHAT_LIST: ChatListState = {
  items: null,
  nextCursor: null,
  unreadCount: 0,
  blockedIds: [],
};

let list = EMPTY_CHAT_LIST;
/** The user the list belongs to; null until {@link applyRenderedChats}. */
let ownerId: string | null = null;
const listeners = new Set<() => void>();

/** The signed-in user's chats as this tab knows them. The list and the badges in the shell read the same state. */
export function getChatListSnapshot(): ChatListState {
  return list;
}

export function subscribeToChatList(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function getChatListOwner(): string | null {
  return ownerId;
}

export function updateChatList(change: Partial<ChatListState>): void {
  const items = change.items ?? list.items;
  list = { ...list, ...change, items: items && [...items].sort(byLatest) };
  for (const listener of listeners) listener();
}

/** When something last happened in a chat. */
export const latestAt = ({ lastMessageAt, createdAt }: ChatItem) => lastMessageAt ?? createdAt;
const byLatest = (a: ChatItem, b: ChatItem) =>
  latestAt(b).localeCompare(latestAt(a)) || b.id.localeCompare(a.id);

/**
 * Applies what the server has rendered: the unread count in the shell, or the list with it.
 * @returns false if this tab already has a list, which may be newer (after the browser's "back"): fetch it instead
 */
export function applyRenderedChats(viewerId: string, rendered: Partial<ChatListState>): boolean {
  if (ownerId !== null && ownerId !== viewerId) list = EMPTY_CHAT_LIST;
  ownerId = viewerId;
  if (list.items) return false;
  updateChatList(rendered);
  return true;
}
