"use client";

import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useChannel } from "@/app/_data/realtime/channel-subscriptions";
import { useLiveQuery } from "@/app/_data/realtime/use-live-query";
import type { ApiFailure } from "@/app/_ui/api-result";
import type { ChatDetail } from "@/lib/schemas/chat";
import type { MessagesPage } from "@/lib/schemas/message-list";
import { CatchUp, createPinnedLoader } from "./store/catch-up";
import { type ChatMessage, fetchChat, fetchMessages, fetchPinned, postMessage } from "./store/chat-api";
import { applyMessage } from "./store/chat-list-store";
import { createHistory } from "./store/conversation-history";
import { ConversationStore } from "./store/conversation-store";
import { MessageSender } from "./store/message-sender";
import { listUnsent, removeUnsent, saveUnsent } from "./store/outbox";
import { useTypists } from "./typing-indicator";

/** Polling interval of a visible page while no events arrive, or while changes are missing. */
const POLL_INTERVAL_MS = 4_000;
/** Polling interval of a visible page while events arrive: one may be lost without notice. */
const LIVE_POLL_INTERVAL_MS = 45_000;
/** While no events arrive, members and read markers are fetched with every Nth fetch. */
const FETCHES_PER_DETAIL = 5;

interface InitialConversation {
  chat: ChatDetail;
  page: MessagesPage;
  pinned: ChatMessage[];
  viewerId: string;
}

function createConversation({ chat: { id }, page, pinned, viewerId }: InitialConversation) {
  const store = new ConversationStore(viewerId, page);
  store.applyPinned(pinned, store.generation);
  const catchUp = new CatchUp(store, {
    fetchSince: (since) => fetchMessages(id, { since }),
    fetchNewest: () => fetchMessages(id, {}),
  });
  const sender = new MessageSender(store, {
    send: (message) => postMessage(id, message),
    save: (pending) => saveUnsent(viewerId, id, pending),
    remove: (clientId) => removeUnsent(viewerId, id, clientId),
  });
  return { store, catchUp, sender, loadPinned: createPinnedLoader(store, () => fetchPinned(id)) };
}

/** A conversation on a page: the store, and everything that keeps it in sync with the server. */
export function useConversation(rendered: InitialConversation) {
  const { viewerId } = rendered;
  const [{ store, catchUp, sender, loadPinned }] = useState(() => createConversation(rendered));
  const [chat, setChat] = useState(rendered.chat);
  const [syncFailure, setSyncFailure] = useState<ApiFailure | null>(null);
  const unhealthyFetches = useRef(0);
  const { typists, addTypist, removeTypist } = useTypists();
  const view = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
  const { id } = chat;

  const refetchChat = async () => {
    const result = await fetchChat(id);
    if (result.ok) setChat(result.data.chat);
    else if (result.failure.code === "not_found") setSyncFailure(result.failure);
  };
  const sync = async () => {
    if (!isHealthy(isLive) && ++unhealthyFetches.current % FETCHES_PER_DETAIL === 0) void refetchChat();
    const failure = await catchUp.run();
    setSyncFailure(failure);
    await loadPinned();
    return failure;
  };
  const onMessage = (message: ChatMessage) => {
    removeTypist(message.authorId);
    // An author has read all earlier messages.
    setChat((before) => withMemberRead(before, message.authorId, message.seq));
    store.apply(message);
    if (store.isBehind()) refetch();
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new generation lacks pinned messages outside its window
  useEffect(() => void loadPinned(), [loadPinned, view.generation]);

  // The chat list shows the newest message, also when it arrived by polling.
  const newest = view.hasNewer ? undefined : view.messages.at(-1);
  useEffect(() => {
    if (newest) applyMessage(newest, viewerId);
  }, [newest, viewerId]);

  const isHealthy = (live: boolean) => live && syncFailure === null;
  const { isLive, refetch } = useLiveQuery(
    `chat:${id}`,
    sync,
    (live) => (isHealthy(live) && !store.isBehind() ? LIVE_POLL_INTERVAL_MS : POLL_INTERVAL_MS),
    {
      on: {
        message: onMessage,
        changed: () => void refetchChat(),
        read: ({ userId, seq }) => setChat((before) => withMemberRead(before, userId, seq)),
        typing: ({ userId, name }) => (userId === viewerId ? undefined : addTypist(userId, name)),
      },
      onReload: () => void refetchChat(),
      whileHidden: "fetch",
    },
  );

  useChannel(`user:${viewerId}`, { on: { contacts: () => void refetchChat() } });

  useEffect(() => {
    sender.start();
    for (const entry of listUnsent(viewerId, id)) sender.add(entry);
    const onOnline = () => {
      sender.retryNow();
      refetch();
    };
    addEventListener("online", onOnline);
    return () => {
      removeEventListener("online", onOnline);
      sender.stop();
    };
  }, [id, sender, viewerId, refetch]);

  const history = useMemo(() => createHistory(id, store), [id, store]);
  return {
    ...{ store, sender, chat, setChat, view, syncFailure, typists, history },
    /** Reads the members, their read markers and the blocks again. */
    refetchChat: () => void refetchChat(),
    /** Applies the response to an action on a message. */
    applyChange: (message: ChatMessage) => {
      store.apply(message);
      if (store.isBehind()) void catchUp.run();
    },
  };
}

export type ConversationState = ReturnType<typeof useConversation>;

function withMemberRead(chat: ChatDetail, userId: string | null, seq: number): ChatDetail {
  if (!chat.members.some((member) => member.userId === userId && member.readSeq < seq)) return chat;
  const members = chat.members.map((member) =>
    member.userId === userId ? { ...member, readSeq: seq } : member,
  );
  return { ...chat, members };
}
