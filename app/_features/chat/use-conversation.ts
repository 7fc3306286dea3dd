"use client";

import { useEffect, useEffectEvent, useMemo, useState, useSyncExternalStore } from "react";
import { useChannel } from "@/app/_data/realtime/use-channel";
import type { ApiFailure } from "@/app/_ui/api-result";
import { CatchUp } from "./store/catch-up";
import {
  type ChatDetail,
  fetchChat,
  fetchMessages,
  fetchPinned,
  type Message,
  type MessagesPage,
  postMessage,
} from "./store/chat-api";
import { hearMessage } from "./store/chat-list-store";
import { historyOf } from "./store/conversation-history";
import { ConversationStore } from "./store/conversation-store";
import { Sender } from "./store/message-sender";
import { forgetUnsent, keepUnsent, unsentOf } from "./store/outbox";
import { pinsOf } from "./store/pinned-loader";
import { whileVisible } from "./store/poll-while-visible";
import { useTypists } from "./use-typists";

/** Where no events come, or something is missing, it is asked for so often while somebody looks; */
const POLL_MS = 4_000;
/** where they come, so often: one may be lost, and nobody says so. */
const LIVE_POLL_MS = 45_000;
/** Who is in it, and what they have read, is asked every so many polls. */
const POLLS_A_DETAIL = 5;

interface Rendered {
  chat: ChatDetail;
  page: MessagesPage;
  pinned: Message[];
  viewerId: string;
}

function open({ chat: { id }, page, pinned, viewerId }: Rendered) {
  const store = new ConversationStore(viewerId, page);
  store.takeAside(pinned, store.generation);
  const catchUp = new CatchUp(store, {
    since: (since) => fetchMessages(id, { since }),
    newest: () => fetchMessages(id, {}),
  });
  const sender = new Sender(store, {
    send: (message) => postMessage(id, message),
    keep: (pending) => keepUnsent(viewerId, id, pending),
    forget: (clientId) => forgetUnsent(viewerId, id, clientId),
  });
  return { store, catchUp, sender, askPinned: pinsOf(store, () => fetchPinned(id)) };
}

/** A conversation on a page: the store, and everything that keeps it as the server has it. */
export function useConversation(rendered: Rendered) {
  const { viewerId } = rendered;
  const [{ store, catchUp, sender, askPinned }] = useState(() => open(rendered));
  const [chat, setChat] = useState(rendered.chat);
  const [trouble, setTrouble] = useState<ApiFailure | null>(null);
  const [live, setLive] = useState(false);
  const { typists, hear, stop } = useTypists();
  const shown = useSyncExternalStore(store.subscribe, store.read, store.read);
  const { id } = chat;

  const learn = useEffectEvent(async () => {
    setTrouble(await catchUp.run());
    await askPinned();
  });
  const askDetail = useEffectEvent(async () => {
    const result = await fetchChat(id);
    if (result.ok) setChat(result.data.chat);
    else if (result.failure.code === "not_found") setTrouble(result.failure);
  });
  const take = useEffectEvent((message: Message) => {
    stop(message.authorId);
    // Whoever writes has read what is before it.
    setChat((before) => withRead(before, message.authorId, message.seq));
    store.apply(message);
    if (store.isBehind()) void learn();
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: with each nothing is known of what is pinned further up
  useEffect(() => void askPinned(), [askPinned, shown.generation]);

  // The list of chats shows the newest, however it came.
  const newest = shown.hasNewer ? undefined : shown.messages.at(-1);
  useEffect(() => {
    if (newest) hearMessage(newest, viewerId);
  }, [newest, viewerId]);

  useChannel(`chat:${id}`, {
    on: {
      message: take,
      changed: () => void askDetail(),
      read: ({ userId, seq }) => setChat((before) => withRead(before, userId, seq)),
      typing: ({ userId, name }) => (userId === viewerId ? undefined : hear(userId, name)),
    },
    reload: () => {
      void learn();
      void askDetail();
    },
    live: setLive,
  });

  // They are in it no more; nothing will change that here.
  const isOut = trouble?.code === "not_found";
  const isWell = live && trouble === null;
  useEffect(() => {
    if (isOut) return;
    let polls = 0;
    const look = () => {
      void learn();
      if (!isWell && ++polls % POLLS_A_DETAIL === 0) void askDetail();
    };
    return whileVisible(look, () => (isWell && !store.isBehind() ? LIVE_POLL_MS : POLL_MS));
  }, [isOut, isWell, store]);

  useEffect(() => {
    sender.begin();
    for (const kept of unsentOf(viewerId, id)) sender.add(kept);
    const online = () => {
      sender.again();
      void learn();
    };
    addEventListener("online", online);
    return () => {
      removeEventListener("online", online);
      sender.end();
    };
  }, [id, sender, viewerId]);

  const history = useMemo(() => historyOf(id, store), [id, store]);
  return {
    ...{ store, sender, chat, setChat, shown, trouble, typists, history },
    /** The answer to something that one has done to a message. */
    take: (message: Message) => {
      store.apply(message);
      if (store.isBehind()) void catchUp.run();
    },
  };
}

export type Conversation = ReturnType<typeof useConversation>;

function withRead(chat: ChatDetail, userId: string | null, seq: number): ChatDetail {
  if (!chat.members.some((member) => member.userId === userId && member.readSeq < seq)) return chat;
  const members = chat.members.map((member) =>
    member.userId === userId ? { ...member, readSeq: seq } : member,
  );
  return { ...chat, members };
}
