"use client";

import { usePathname } from "next/navigation";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useChannel } from "@/app/_data/realtime/use-channel";
import {
  applyMessage,
  applyRead,
  getChatListSnapshot,
  requestChats,
  startChatList,
  subscribeToChatList,
} from "./store/chat-list-store";
import { pollWhileVisible } from "./store/poll-while-visible";
import { applyPresence, refetchPresence } from "./store/presence-store";
import { useBackgroundSender } from "./use-background-sender";
import { useUnreadMessageCount } from "./use-chat-list";

/** Without events it is asked so often among the chats, */
const POLL_INTERVAL_MS = 10_000;
/** and so often elsewhere, and with them: not every chat is followed, and an event may be lost. */
const SLOW_POLL_INTERVAL_MS = 60_000;
/** Chats that are followed for their badges, the latest ones: the others are asked about. */
const MAX_SUBSCRIBED_CHATS = 40;

/** Stands in the frame of a page that is somebody's: keeps the list of chats, the badges and the title as they are. */
export function ChatSync({ viewerId, unread }: { viewerId: string; unread: number }) {
  const [isLive, setIsLive] = useState(false);
  const pathname = usePathname();
  const isOnChatPage = pathname === "/chat" || pathname.startsWith("/chat/");
  const list = useSyncExternalStore(subscribeToChatList, getChatListSnapshot, getChatListSnapshot);
  const subscribedIds = list.items?.slice(0, MAX_SUBSCRIBED_CHATS).map(({ id }) => id) ?? [];

  useEffect(() => startChatList(viewerId, { unreadCount: unread }), [viewerId, unread]);
  useChannel(`user:${viewerId}`, {
    on: { chats: requestChats, read: ({ chatId, seq }) => applyRead(chatId, seq) },
    onReload: requestChats,
    onLive: setIsLive,
  });
  useChannel("presence", { on: { changed: applyPresence }, onReload: refetchPresence });

  useEffect(() => {
    const poll = () => {
      requestChats();
      if (!isLive && isOnChatPage) refetchPresence();
    };
    return pollWhileVisible(poll, () => (!isLive && isOnChatPage ? POLL_INTERVAL_MS : SLOW_POLL_INTERVAL_MS));
  }, [isLive, isOnChatPage]);

  useBackgroundSender(viewerId, isOnChatPage ? (pathname.split("/")[2] ?? null) : null);
  useTitleCount(useUnreadMessageCount(unread));
  return subscribedIds.map((id) => <SubscribedChat key={id} chatId={id} viewerId={viewerId} />);
}

function SubscribedChat({ chatId, viewerId }: { chatId: string; viewerId: string }) {
  useChannel(`chat:${chatId}`, {
    on: { message: (message) => applyMessage(message, viewerId), changed: requestChats },
    onReload: requestChats,
  });
  return null;
}

const TITLE_COUNT = /^\(\d+\+?\) /;

/** `(3) Title`: also after each page has put its own. */
function useTitleCount(unread: number): void {
  useEffect(() => {
    const updateTitle = () => {
      const baseTitle = document.title.replace(TITLE_COUNT, "");
      const title = unread > 0 ? `(${unread > 99 ? "99+" : String(unread)}) ${baseTitle}` : baseTitle;
      if (title !== document.title) document.title = title;
    };
    updateTitle();
    const observer = new MutationObserver(updateTitle);
    observer.observe(document.head, { subtree: true, childList: true, characterData: true });
    return () => observer.disconnect();
  }, [unread]);
}
