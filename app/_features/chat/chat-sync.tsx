"use client";

import { usePathname } from "next/navigation";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useChannel } from "@/app/_data/realtime/use-channel";
import {
  askChats,
  beginChatList,
  hearMessage,
  hearRead,
  readChatList,
  subscribeToChatList,
} from "./store/chat-list-store";
import { whileVisible } from "./store/poll-while-visible";
import { askPresenceAgain, learnPresence } from "./store/presence-store";
import { useUnsentElsewhere } from "./use-background-sender";
import { useUnreadMessages } from "./use-chat-list";

/** Without events it is asked so often among the chats, */
const ASK_MS = 10_000;
/** and so often elsewhere, and with them: not every chat is followed, and an event may be lost. */
const ASK_SLOWLY_MS = 60_000;
/** Chats that are followed for their badges, the latest ones: the others are asked about. */
const MOST_FOLLOWED = 40;

/** Stands in the frame of a page that is somebody's: keeps the list of chats, the badges and the title as they are. */
export function ChatsKeeper({ viewerId, unread }: { viewerId: string; unread: number }) {
  const [live, setLive] = useState(false);
  const pathname = usePathname();
  const amongChats = pathname === "/chat" || pathname.startsWith("/chat/");
  const list = useSyncExternalStore(subscribeToChatList, readChatList, readChatList);
  const followed = list.items?.slice(0, MOST_FOLLOWED).map(({ id }) => id) ?? [];

  useEffect(() => beginChatList(viewerId, { unreadCount: unread }), [viewerId, unread]);
  useChannel(`user:${viewerId}`, {
    on: { chats: askChats, read: ({ chatId, seq }) => hearRead(chatId, seq) },
    reload: askChats,
    live: setLive,
  });
  useChannel("presence", { on: { changed: learnPresence }, reload: askPresenceAgain });

  useEffect(() => {
    const ask = () => {
      askChats();
      if (!live && amongChats) askPresenceAgain();
    };
    return whileVisible(ask, () => (!live && amongChats ? ASK_MS : ASK_SLOWLY_MS));
  }, [live, amongChats]);

  useUnsentElsewhere(viewerId, amongChats ? (pathname.split("/")[2] ?? null) : null);
  useTitle(useUnreadMessages(unread));
  return followed.map((id) => <Followed key={id} chatId={id} viewerId={viewerId} />);
}

function Followed({ chatId, viewerId }: { chatId: string; viewerId: string }) {
  useChannel(`chat:${chatId}`, {
    on: { message: (message) => hearMessage(message, viewerId), changed: askChats },
    reload: askChats,
  });
  return null;
}

const COUNTED = /^\(\d+\+?\) /;

/** `(3) Title`: also after each page has put its own. */
function useTitle(unread: number): void {
  useEffect(() => {
    const write = () => {
      const plain = document.title.replace(COUNTED, "");
      const title = unread > 0 ? `(${unread > 99 ? "99+" : String(unread)}) ${plain}` : plain;
      if (title !== document.title) document.title = title;
    };
    write();
    const observer = new MutationObserver(write);
    observer.observe(document.head, { subtree: true, childList: true, characterData: true });
    return () => observer.disconnect();
  }, [unread]);
}
