import type { Message } from "grammy/types";
import { type CallbackAnswer, chatKey } from "./state/model";

/** What happens in a chat, as its phone sees it. */
export type ChatEvent = { seq: number; at: number } & (
  | { kind: "message"; message: Message }
  | { kind: "edit"; message: Message }
  | { kind: "delete"; messageId: number }
  | { kind: "action"; action: string }
  | { kind: "answer"; callbackId: string; answer: CallbackAnswer }
  | { kind: "keyboard" }
  | { kind: "chat" }
);

type ChatEventBody = ChatEvent extends infer Event
  ? Event extends ChatEvent
    ? Omit<Event, "seq" | "at">
    : never
  : never;

const MAX_EVENTS_PER_CHAT = 500;

/**
 * The events of chats, in memory, for pages and tests that follow a chat. Numbers grow over a restart too, so that a
 * reader's position stays valid.
 */
export class Feed {
  private readonly events = new Map<string, ChatEvent[]>();
  private readonly chatListeners = new Map<string, Set<() => void>>();
  private readonly listeners = new Set<(change: { bot: number; user: number | null }) => void>();
  private seq = Date.now() * 1_000;

  get position(): number {
    return this.seq;
  }

  publish(botId: number, userId: number, body: ChatEventBody): void {
    const key = chatKey(botId, userId);
    const events = this.events.get(key) ?? [];
    const event: ChatEvent = { ...body, seq: ++this.seq, at: Date.now() };
    events.push(event);
    if (events.length > MAX_EVENTS_PER_CHAT) events.splice(0, events.length - MAX_EVENTS_PER_CHAT);
    this.events.set(key, events);
    for (const listener of this.chatListeners.get(key) ?? []) listener();
    this.notify(botId, userId);
  }

  /** Notifies pages of a change outside of a chat: of a bot, its webhook or its log. */
  publishBot(botId: number): void {
    this.notify(botId, null);
  }

  /** Events of a chat after a position, oldest first. */
  after(botId: number, userId: number, seq: number): ChatEvent[] {
    return (this.events.get(chatKey(botId, userId)) ?? []).filter((event) => event.seq > seq);
  }

  /** Calls `listener` after every event of a chat. @returns a function that unsubscribes it */
  watchChat(botId: number, userId: number, listener: () => void): () => void {
    const key = chatKey(botId, userId);
    const listeners = this.chatListeners.get(key) ?? new Set();
    this.chatListeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.chatListeners.delete(key);
    };
  }

  /** Calls `listener` after every change. @returns a function that unsubscribes it */
  watchAll(listener: (change: { bot: number; user: number | null }) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private notify(bot: number, user: number | null): void {
    for (const listener of this.listeners) listener({ bot, user });
  }
}
