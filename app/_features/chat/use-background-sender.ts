"use client";

import { useEffect, useMemo } from "react";
import { BackgroundSender } from "./store/background-sender";
import { postMessage } from "./store/chat-api";
import { listChatsWithUnsent, listUnsent, removeUnsent } from "./store/outbox";

/** Sends the unsent messages of chats that are not open, once there is a connection. */
export function useBackgroundSender(viewerId: string, openChatId: string | null): void {
  const sender = useMemo(
    () =>
      new BackgroundSender({
        listChatIds: () => listChatsWithUnsent(viewerId),
        listUnsent: (chatId) => listUnsent(viewerId, chatId),
        send: postMessage,
        remove: (chatId, clientId) => removeUnsent(viewerId, chatId, clientId),
      }),
    [viewerId],
  );
  useEffect(() => {
    sender.start(openChatId);
    addEventListener("online", sender.retryNow);
    return () => {
      removeEventListener("online", sender.retryNow);
      sender.stop();
    };
  }, [sender, openChatId]);
}
