"use client";

import { useEffect, useSyncExternalStore } from "react";
import { type ChatListState, getChatListSnapshot, subscribeToChatList } from "./store/chat-list-state";
import { startChatList } from "./store/chat-list-store";

/** The current chat list, starting from the server-rendered one. */
export function useChatList(viewerId: string, rendered: ChatListState): ChatListState {
  // biome-ignore lint/correctness/useExhaustiveDependencies: `items` identifies the list, not the object around it
  useEffect(() => startChatList(viewerId, rendered), [viewerId, rendered.items]);
  const current = useSyncExternalStore(subscribeToChatList, getChatListSnapshot, () => rendered);
  return current.items ? current : rendered;
}
