"use client";

import { usePathname } from "next/navigation";
import { useEffect, useState, useSyncExternalStore } from "react";
import { postMessage } from "@/app/_client/chat/calls";
import {
  askChats,
  beginChatList,
  hearMessage,
  hearRead,
  readChatList,
  subscribeToChatList,
} from "@/app/_client/chat/chat-list";
import { chatsWithUnsent, forgetUnsent, unsentOf } from "@/app/_client/chat/outbox";
import { askPresenceAgain, learnPresence } from "@/app/_client/chat/presence";
import { useUnreadMessages } from "@/app/_client/chat/use-chat-list";
import { useChannel } from "@/app/_client/realtime/use-channel";

/** Without events it is asked so often: among the chats, and anywhere else. */
const ASK_MS = 10_000;
const ASK_ELSEWHERE_MS = 60_000;
/** Chats that are followed for their badges, the latest ones: the others are asked about. */
const MOST_FOLLOWED = 40;

/** Stands in the frame of a page that is somebody's: keeps the list of chats, the badges and the title as they are. */
export function ChatsKeeper({ viewerId, unread }: { viewerId: string; unread: number }) {
  const [live, setLive] = useState(false);
  const pathname = usePathname();
  const amongChats = pathname === "/chat" || pathname.startsWith("/chat/");
  const list = useSyncExternalStore(subscribeToChatList, readChatList, readChatList);
  const followed = list.items?.slice(0, MOST_FOLLOWED).map(({ id }) => id) ?? [];

  useEffect(() => beginChatList({ unreadCount: unread }), [unread]);
  useChannel(`user:${viewerId}`, {
    on: { chats: askChats, read: ({ chatId, seq }) => hearRead(chatId, seq) },
    reload: askChats,
    live: setLive,
  });
  useChannel("presence", { on: { changed: learnPresence }, reload: askPresenceAgain });

  useEffect(() => {
    if (live) return;
    const ask = () => {
      if (document.visibilityState !== "visible") return;
      askChats();
      if (amongChats) askPresenceAgain();
    };
    const timer = setInterval(ask, amongChats ? ASK_MS : ASK_ELSEWHERE_MS);
    return () => clearInterval(timer);
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

/** What was written in a chat that is not open goes out as well, once there is a connection. */
function useUnsentElsewhere(viewerId: string, openChatId: string | null): void {
  useEffect(() => {
    let busy = false;
    const send = async () => {
      if (busy || !navigator.onLine) return;
      busy = true;
      for (const chatId of chatsWithUnsent(viewerId)) {
        if (chatId === openChatId) continue;
        for (const { clientId, text, replyTo, attachments } of unsentOf(viewerId, chatId)) {
          const attachmentIds = attachments.map(({ id }) => id);
          const result = await postMessage(chatId, { clientId, text, replyToId: replyTo?.id, attachmentIds });
          // What is refused waits in its chat, where its author sees why.
          if (!result.ok) break;
          forgetUnsent(viewerId, chatId, clientId);
        }
      }
      busy = false;
    };
    void send();
    const online = () => void send();
    addEventListener("online", online);
    return () => removeEventListener("online", online);
  }, [viewerId, openChatId]);
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
