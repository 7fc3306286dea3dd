"use client";

import { useEffect, useSyncExternalStore } from "react";
import {
  type ChatListState,
  getChatListSnapshot,
  startChatList,
  subscribeToChatList,
} from "./store/chat-list-store";

/** The list of chats as it is now, beginning with what the server has rendered. */
export function useChatList(viewerId: string, rendered: ChatListState): ChatListState {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list, not another object with the same one
  useEffect(() => startChatList(viewerId, rendered), [viewerId, rendered.items]);
  const current = useSyncExternalStore(subscribeToChatList, getChatListSnapshot, () => rendered);
  return current.items ? current : rendered;
}

const EMPTY_LIST: ChatListState = { items: null, nextCursor: null, unreadCount: 0 };

/** How many messages are unread in all chats. */
export function useUnreadMessageCount(rendered: number): number {
  const list = useSyncExternalStore(subscribeToChatList, getChatListSnapshot, () => EMPTY_LIST);
  // Before anything has begun there is only what the server has rendered.
  return list === EMPTY_LIST || (list.items === null && list.unreadCount === 0) ? rendered : list.unreadCount;
}
