"use client";

import { useEffect, useSyncExternalStore } from "react";
import { beginChatList, type ChatList, readChatList, subscribeToChatList } from "./store/chat-list-store";

/** The list of chats as it is now, beginning with what the server has rendered. */
export function useChatList(viewerId: string, rendered: ChatList): ChatList {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list, not another object with the same one
  useEffect(() => beginChatList(viewerId, rendered), [viewerId, rendered.items]);
  const now = useSyncExternalStore(subscribeToChatList, readChatList, () => rendered);
  return now.items ? now : rendered;
}

const NOTHING: ChatList = { items: null, nextCursor: null, unreadCount: 0 };

/** How many messages are unread in all chats. */
export function useUnreadMessages(rendered: number): number {
  const list = useSyncExternalStore(subscribeToChatList, readChatList, () => NOTHING);
  // Before anything has begun there is only what the server has rendered.
  return list === NOTHING || (list.items === null && list.unreadCount === 0) ? rendered : list.unreadCount;
}
