"use client";

import { useState } from "react";
import { useChannel } from "@/app/_data/realtime/use-channel";
import { applyUnread, fetchUnread, setUnreadLive } from "@/app/_features/notifications/notification-unread";
import { claimToast, type ToastItem } from "./claim-toast";
import { Toasts } from "./toasts";

/** Beyond this number the oldest toasts are dropped; the notifications page lists them. */
const MAX_QUEUED_TOASTS = 20;
/** Older notifications were sent while this browser was offline; only the notifications page lists them. */
const MAX_TOAST_AGE_MS = 10 * 60_000;

/** Shows new notifications and updates the unread count, on every page of a signed-in user. */
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
    // A hidden page fetches the count when it becomes visible (session-refresh.ts).
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
