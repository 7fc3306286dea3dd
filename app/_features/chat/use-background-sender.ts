"use client";

import { useEffect, useMemo } from "react";
import { Elsewhere } from "./store/background-sender";
import { postMessage } from "./store/chat-api";
import { chatsWithUnsent, forgetUnsent, unsentOf } from "./store/outbox";

/** What was written in a chat that is not open goes out as well, once there is a connection. */
export function useUnsentElsewhere(viewerId: string, openChatId: string | null): void {
  const elsewhere = useMemo(
    () =>
      new Elsewhere({
        chats: () => chatsWithUnsent(viewerId),
        unsentOf: (chatId) => unsentOf(viewerId, chatId),
        send: postMessage,
        forget: (chatId, clientId) => forgetUnsent(viewerId, chatId, clientId),
      }),
    [viewerId],
  );
  useEffect(() => {
    elsewhere.begin(openChatId);
    addEventListener("online", elsewhere.again);
    return () => {
      removeEventListener("online", elsewhere.again);
      elsewhere.end();
    };
  }, [elsewhere, openChatId]);
}
