"use client";

import { useState } from "react";
import { useLiveQuery } from "@/app/_data/realtime/use-live-query";
import { applyUnread, fetchUnread } from "@/app/_features/notifications/notification-unread";
import { onDemand } from "@/app/_ui/on-demand";
import { withOnDemandMessages } from "@/app/i18n/on-demand-messages";
import { claimToast, type ToastItem } from "./claim-toast";

// Loaded when the first notification arrives.
const Toasts = onDemand(() => withOnDemandMessages(import("./toasts").then((module) => module.Toasts)));

/** Beyond this number the oldest toasts are dropped; the notifications page lists them. */
const MAX_QUEUED_TOASTS = 20;
/** Older notifications were sent while this browser was offline; only the notifications page lists them. */
const MAX_TOAST_AGE_MS = 10 * 60_000;
/** Polling interval of the unread count while no events arrive. */
const POLL_INTERVAL_MS = 30_000;

/** Shows new notifications and updates the unread count, on every page of a signed-in user. */
export function LiveNotifications({ viewerId }: { viewerId: string }) {
  const [items, setItems] = useState<readonly ToastItem[]>([]);
  // Stays, so that screen readers announce what is added to it.
  const [hasArrived, setHasArrived] = useState(false);
  useLiveQuery(`user:${viewerId}`, fetchUnread, (isLive) => (isLive ? null : POLL_INTERVAL_MS), {
    on: {
      notification: ({ notification, unreadCount, level }) => {
        applyUnread(unreadCount);
        if (level !== "all" || Date.now() - Date.parse(notification.createdAt) > MAX_TOAST_AGE_MS) return;
        void claimToast(notification.id).then((isClaimed) => {
          if (!isClaimed) return;
          setHasArrived(true);
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
    sinceDocument: true,
  });
  if (!hasArrived) return null;
  return (
    <Toasts
      items={items}
      onClose={(id) => setItems((known) => known.filter((item) => item.id !== id))}
      onCloseAll={() => setItems([])}
    />
  );
}
