"use client";

import { useSyncExternalStore } from "react";
import { EMPTY_CHAT_LIST, getChatListSnapshot, subscribeToChatList } from "./store/chat-list-state";

/** The number of unread messages in all chats. */
export function useUnreadMessageCount(rendered: number): number {
  const list = useSyncExternalStore(subscribeToChatList, getChatListSnapshot, () => EMPTY_CHAT_LIST);
  // Before the store has started there is only the server-rendered count.
  return list === EMPTY_CHAT_LIST || (list.items === null && list.unreadCount === 0)
    ? rendered
    : list.unreadCount;
}
