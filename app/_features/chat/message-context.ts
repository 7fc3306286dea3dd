"use client";

import { createContext, useContext, useEffect, useMemo, useRef } from "react";
import type { ChatDetail } from "@/lib/schemas/chat";
import type { ChatMessage } from "./store/chat-api";
import type { OutgoingMessage } from "./store/conversation-view";

/** The data that messages need from their conversation, and the actions on them. Changes rarely. */
export interface MessageContext {
  viewerId: string;
  kind: ChatDetail["kind"];
  /** Members whose messages are collapsed. */
  blockedIds: readonly string[];
  /** May delete other members' messages. */
  canDeleteAny: boolean;
  reply: (message: ChatMessage) => void;
  edit: (message: ChatMessage) => void;
  remove: (message: ChatMessage) => void;
  report: (message: ChatMessage) => void;
  pin: (message: ChatMessage, pinned: boolean) => void;
  /** Resolves when the call has succeeded or failed. */
  react: (message: ChatMessage, emoji: string, on: boolean) => Promise<void>;
  jumpTo: (seq: number) => void;
  retry: (clientId: string) => void;
  discard: (clientId: string) => void;
  /** Moves a rejected message back into the composer. */
  moveToComposer: (pending: OutgoingMessage) => void;
}

const Context = createContext<MessageContext | null>(null);

export const MessageContextProvider = Context.Provider;

export function useMessageContext(): MessageContext {
  const context = useContext(Context);
  if (!context) throw new Error("useMessageContext called outside MessageContextProvider");
  return context;
}

/** Whether the words of a member are collapsed: the viewer has blocked them, and the chat is a group. */
export function useIsCollapsed(authorId: string | null): boolean {
  const { kind, blockedIds } = useMessageContext();
  return kind === "group" && authorId !== null && blockedIds.includes(authorId);
}

/** Returns the same object until its data changes; its functions always call the latest ones. */
export function useStableContext(latest: MessageContext): MessageContext {
  const latestRef = useRef(latest);
  useEffect(() => {
    latestRef.current = latest;
  });
  const { viewerId, kind, canDeleteAny } = latest;
  // A new array with the same ids is no change.
  const blockedKey = latest.blockedIds.join();
  return useMemo(
    () => ({
      ...{ viewerId, kind, canDeleteAny, blockedIds: blockedKey === "" ? [] : blockedKey.split(",") },
      reply: (message) => latestRef.current.reply(message),
      edit: (message) => latestRef.current.edit(message),
      remove: (message) => latestRef.current.remove(message),
      report: (message) => latestRef.current.report(message),
      pin: (message, pinned) => latestRef.current.pin(message, pinned),
      react: (message, emoji, on) => latestRef.current.react(message, emoji, on),
      jumpTo: (seq) => latestRef.current.jumpTo(seq),
      retry: (clientId) => latestRef.current.retry(clientId),
      discard: (clientId) => latestRef.current.discard(clientId),
      moveToComposer: (pending) => latestRef.current.moveToComposer(pending),
    }),
    [viewerId, kind, canDeleteAny, blockedKey],
  );
}
