"use client";

import { usePathname } from "next/navigation";
import { useEffect, useSyncExternalStore } from "react";
import { useChannel } from "@/app/_data/realtime/channel-subscriptions";
import { useLiveQuery } from "@/app/_data/realtime/use-live-query";
import { applyRenderedChats, getChatListSnapshot, subscribeToChatList } from "./store/chat-list-state";
import { useBackgroundSender } from "./use-background-sender";
import { useUnreadMessageCount } from "./use-unread-message-count";

// Most pages see neither a chat nor an event of one. The pages of chats have the scripts already.
function withChatList(use: (store: typeof import("./store/chat-list-store")) => void): void {
  // A failed load loses one event: the list is fetched by the next poll, in ten minutes at most, or the stream's reload.
  import("./store/chat-list-store").then(use, () => undefined);
}
function withPresence(use: (store: typeof import("./store/presence-store")) => void): void {
  import("./store/presence-store").then(use, () => undefined);
}

const requestChats = () => withChatList((store) => store.requestChats());
const refetchPresence = () => withPresence((store) => store.refetchPresence());

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

  useEffect(() => {
    if (!applyRenderedChats(viewerId, { unreadCount: unread })) requestChats();
  }, [viewerId, unread]);
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
          if (isOnChatPage) refetchPresence();
          requestChats();
        },
        read: ({ chatId, seq }) => withChatList((store) => store.applyRead(chatId, seq)),
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
      on: { changed: (presence) => withPresence((store) => store.applyPresence(presence)) },
      whileHidden: "fetch",
    },
  );

  useBackgroundSender(viewerId, isOnChatPage ? (pathname.split("/")[2] ?? null) : null);
  useTitleCount(useUnreadMessageCount(unread));
  return subscribedIds.map((id) => <SubscribedChat key={id} chatId={id} viewerId={viewerId} />);
}

function SubscribedChat({ chatId, viewerId }: { chatId: string; viewerId: string }) {
  useChannel(`chat:${chatId}`, {
    on: {
      message: (message) => withChatList((store) => store.applyMessage(message, viewerId)),
      changed: requestChats,
    },
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
