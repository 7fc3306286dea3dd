"use client";

import { createContext, useContext } from "react";
import type { ChatDetail, Message } from "./store/chat-api";
import type { Pending } from "./store/conversation-view";

/** What a message needs to know of its conversation, and what can be done with it. Changes rarely. */
export interface MessageContext {
  viewerId: string;
  kind: ChatDetail["kind"];
  /** May delete what others wrote. */
  mayDelete: boolean;
  reply: (message: Message) => void;
  edit: (message: Message) => void;
  remove: (message: Message) => void;
  pin: (message: Message, pinned: boolean) => void;
  /** @returns once it is so, or is not */
  react: (message: Message, emoji: string, on: boolean) => Promise<void>;
  jump: (seq: number) => void;
  retry: (clientId: string) => void;
  discard: (clientId: string) => void;
  /** Into the field again, to be written otherwise. */
  takeBack: (pending: Pending) => void;
}

const Context = createContext<MessageContext | null>(null);

export const MessageContextProvider = Context.Provider;

export function useMessageContext(): MessageContext {
  const context = useContext(Context);
  if (!context) throw new Error("a message stands in a conversation");
  return context;
}
