"use client";

import { createContext, useContext } from "react";
import type { ChatDetail, ChatMessage } from "./store/chat-api";
import type { OutgoingMessage } from "./store/conversation-view";

/** What a message needs to know of its conversation, and what can be done with it. Changes rarely. */
export interface MessageContext {
  viewerId: string;
  kind: ChatDetail["kind"];
  /** May delete what others wrote. */
  canDeleteAny: boolean;
  reply: (message: ChatMessage) => void;
  edit: (message: ChatMessage) => void;
  remove: (message: ChatMessage) => void;
  pin: (message: ChatMessage, pinned: boolean) => void;
  /** @returns once it is so, or is not */
  react: (message: ChatMessage, emoji: string, on: boolean) => Promise<void>;
  jumpTo: (seq: number) => void;
  retry: (clientId: string) => void;
  discard: (clientId: string) => void;
  /** Into the field again, to be written otherwise. */
  moveToComposer: (pending: OutgoingMessage) => void;
}

const Context = createContext<MessageContext | null>(null);

export const MessageContextProvider = Context.Provider;

export function useMessageContext(): MessageContext {
  const context = useContext(Context);
  if (!context) throw new Error("a message stands in a conversation");
  return context;
}
