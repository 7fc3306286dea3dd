"use client";

import { useEffect } from "react";
import { hasUnsent } from "./store/outbox-keys";

/** After a failed load of the sender's script. */
const RETRY_DELAY_MS = 30_000;

/**
 * Sends the unsent messages of chats that are not open, once there is a connection. The script loads when there are any.
 * @param openChatId  chat whose page sends its messages
 */
export function useBackgroundSender(viewerId: string, openChatId: string | null): void {
  useEffect(() => {
    let isCurrent = true;
    let stop: (() => void) | undefined;
    let retryTimer: ReturnType<typeof setTimeout> | undefined;
    const start = () => {
      clearTimeout(retryTimer);
      if (!isCurrent || stop || !hasUnsent(viewerId)) return;
      import("./store/background-sender").then(
        ({ startBackgroundSender }) => {
          if (isCurrent) stop ??= startBackgroundSender(viewerId, openChatId);
        },
        () => {
          if (!isCurrent) return;
          clearTimeout(retryTimer);
          retryTimer = setTimeout(start, RETRY_DELAY_MS);
        },
      );
    };
    start();
    addEventListener("online", start);
    return () => {
      isCurrent = false;
      clearTimeout(retryTimer);
      removeEventListener("online", start);
      stop?.();
    };
  }, [viewerId, openChatId]);
}
