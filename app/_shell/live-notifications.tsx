"use client";

import { useState } from "react";
import { useChannel } from "@/app/_data/realtime/use-channel";
import { applyUnread, fetchUnread, setUnreadLive } from "@/app/_features/notifications/notification-unread";
import { claimToast, type ToastItem } from "./claim-toast";
import { Toasts } from "./toasts";

/** Enough to say that there were many. */
const MAX_QUEUED_TOASTS = 20;
/** What is older was said while this browser was away, and is no news: it stands in the list. */
const MAX_TOAST_AGE_MS = 10 * 60_000;

/** What comes by itself on every page of somebody's: notifications, and how many are unread. */
export function LiveNotifications({ viewerId }: { viewerId: string }) {
  const [items, setItems] = useState<readonly ToastItem[]>([]);
  useChannel(`user:${viewerId}`, {
    on: {
      notification: ({ notification, unreadCount, level }) => {
        applyUnread(unreadCount);
        if (level !== "all" || Date.now() - Date.parse(notification.createdAt) > MAX_TOAST_AGE_MS) return;
        void claimToast(notification.id).then((isClaimed) => {
          if (!isClaimed) return;
          setItems((known) =>
            known.some(({ id }) => id === notification.id)
              ? known
              : [...known, notification].slice(-MAX_QUEUED_TOASTS),
          );
        });
      },
      unread: ({ unreadCount }) => {
        applyUnread(unreadCount);
        if (unreadCount === 0) setItems([]);
      },
    },
    // A page that nobody looks at asks when they come back (session-keeper.ts).
    onReload: () => {
      if (document.visibilityState === "visible") void fetchUnread();
    },
    onLive: setUnreadLive,
  });
  return (
    <Toasts
      items={items}
      onClose={(id) => setItems((known) => known.filter((item) => item.id !== id))}
      onCloseAll={() => setItems([])}
    />
  );
}
