"use client";

import { useState } from "react";
import { useChannel } from "@/app/_data/realtime/use-channel";
import { askUnread, hearUnread, setUnreadLive } from "@/app/_features/notifications/notification-unread";
import { claimToast, type ToastItem } from "./claim-toast";
import { Toasts } from "./toasts";

/** Enough to say that there were many. */
const MOST_WAITING = 20;
/** What is older was said while this browser was away, and is no news: it stands in the list. */
const NEWS_MS = 10 * 60_000;

/** What comes by itself on every page of somebody's: notifications, and how many are unread. */
export function Live({ viewerId }: { viewerId: string }) {
  const [items, setItems] = useState<readonly ToastItem[]>([]);
  useChannel(`user:${viewerId}`, {
    on: {
      notification: ({ notification, unreadCount, level }) => {
        hearUnread(unreadCount);
        if (level !== "all" || Date.now() - Date.parse(notification.createdAt) > NEWS_MS) return;
        void claimToast(notification.id).then((isMine) => {
          if (!isMine) return;
          setItems((known) =>
            known.some(({ id }) => id === notification.id)
              ? known
              : [...known, notification].slice(-MOST_WAITING),
          );
        });
      },
      unread: ({ unreadCount }) => {
        hearUnread(unreadCount);
        if (unreadCount === 0) setItems([]);
      },
    },
    // A page that nobody looks at asks when they come back (session-keeper.ts).
    reload: () => {
      if (document.visibilityState === "visible") void askUnread();
    },
    live: setUnreadLive,
  });
  return (
    <Toasts
      items={items}
      onClose={(id) => setItems((known) => known.filter((item) => item.id !== id))}
      onCloseAll={() => setItems([])}
    />
  );
}
