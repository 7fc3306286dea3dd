"use client";

import { usePathname } from "next/navigation";
import { useEffect, useSyncExternalStore } from "react";
import { useChannel } from "@/app/_data/realtime/channel-subscriptions";
import { useLiveQuery } from "@/app/_data/realtime/use-live-query";
import { useBackgroundSender } from "./store/background-sender";
import {
  applyMessage,
  applyRead,
  getChatListSnapshot,
  requestChats,
  startChatList,
  subscribeToChatList,
} from "./store/chat-list-store";
import { applyPresence, refetchPresence } from "./store/presence-store";
import { useUnreadMessageCount } from "./use-chat-list";

/** Polling interval on chat pages while no events arrive. */
const POLL_INTERVAL_MS = 10_000;
/** Otherwise, also while events arrive, if not every chat is subscribed to. */
const SLOW_POLL_INTERVAL_MS = 60_000;
/** While events of all chats arrive; the stream finds a lost one by itself. */
const LIVE_POLL_INTERVAL_MS = 10 * 60_000;
interface Props {
  viewerId: string;
  /** Unread messages in all chats, as rendered. */
  unread: number;
  /** The latest chats, as rendered: they are subscribed to for their badges; older ones are only polled. */
  chatIds: readonly string[];
}

/** The list may have new chats; the stream has room for few. */
const MAX_SUBSCRIBED_CHATS = 40;

/** Keeps the chat list, the badges and the title up to date on every page of a signed-in user. */
export function ChatSync({ viewerId, unread, chatIds }: Props) {
  const pathname = usePathname();
  const isOnChatPage = pathname === "/chat" || pathname.startsWith("/chat/");
  const list = useSyncExternalStore(subscribeToChatList, getChatListSnapshot, getChatListSnapshot);
  const subscribedIds = list.items?.slice(0, MAX_SUBSCRIBED_CHATS).map(({ id }) => id) ?? chatIds;

  useEffect(() => startChatList(viewerId, { unreadCount: unread }), [viewerId, unread]);
  // The store and the presence store fetch, and retry, on their own. A hidden page keeps its title up to date.
  useLiveQuery(
    `user:${viewerId}`,
    async () => {
      requestChats();
      return null;
    },
    (isLive) => {
      if (isLive && subscribedIds.length < MAX_SUBSCRIBED_CHATS) return LIVE_POLL_INTERVAL_MS;
      return !isLive && isOnChatPage ? POLL_INTERVAL_MS : SLOW_POLL_INTERVAL_MS;
    },
    {
      on: {
        chats: requestChats,
        contacts: () => {
          refetchPresence();
          requestChats();
        },
        read: ({ chatId, seq }) => applyRead(chatId, seq),
      },
      ...{ whileHidden: "fetch", sinceDocument: true },
    },
  );
  // Only chat pages show it: others' streams need not carry the presence of all users.
  useLiveQuery(
    isOnChatPage ? "presence" : null,
    async () => {
      refetchPresence();
      return null;
    },
    (isLive) => (!isLive && isOnChatPage ? POLL_INTERVAL_MS : null),
    {
      on: { changed: applyPresence },
      whileHidden: "fetch",
    },
  );

  useBackgroundSender(viewerId, isOnChatPage ? (pathname.split("/")[2] ?? null) : null);
  useTitleCount(useUnreadMessageCount(unread));
  return subscribedIds.map((id) => <SubscribedChat key={id} chatId={id} viewerId={viewerId} />);
}

function SubscribedChat({ chatId, viewerId }: { chatId: string; viewerId: string }) {
  useChannel(`chat:${chatId}`, {
    on: { message: (message) => applyMessage(message, viewerId), changed: requestChats },
    onReload: requestChats,
    sinceDocument: true,
  });
  return null;
}

const TITLE_COUNT = /^\(\d+\+?\) /;

/** `(3) Title`, restored whenever a page sets its title. */
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
