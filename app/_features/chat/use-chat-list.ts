"use client";

import { useEffect, useSyncExternalStore } from "react";
import {
  type ChatListState,
  EMPTY_CHAT_LIST,
  getChatListSnapshot,
  startChatList,
  subscribeToChatList,
} from "./store/chat-list-store";

/** The current chat list, starting from the server-rendered one. */
export function useChatList(viewerId: string, rendered: ChatListState): ChatListState {
  // biome-ignore lint/correctness/useExhaustiveDependencies: `items` identifies the list, not the object around it
  useEffect(() => startChatList(viewerId, rendered), [viewerId, rendered.items]);
  const current = useSyncExternalStore(subscribeToChatList, getChatListSnapshot, () => rendered);
  return current.items ? current : rendered;
}

/** The number of unread messages in all chats. */
export function useUnreadMessageCount(rendered: number): number {
  const list = useSyncExternalStore(subscribeToChatList, getChatListSnapshot, () => EMPTY_CHAT_LIST);
  // Before the store has started there is only the server-rendered count.
  return list === EMPTY_CHAT_LIST || (list.items === null && list.unreadCount === 0)
    ? rendered
    : list.unreadCount;
}
