"use client";

import { useState } from "react";
import { askUnread, learnUnread, setUnreadLive } from "@/app/_client/notifications";
import { useChannel } from "@/app/_client/realtime/use-channel";
import { claimToast, type ToastItem } from "@/app/_client/toasts";
import { learnCount } from "@/app/_client/view-counts";
import { Toasts } from "./toasts";

/** Enough to say that there were many. */
const MOST_WAITING = 20;

/** What comes by itself on every page of somebody's: notifications, how many are unread, view counts. */
export function Live({ viewerId }: { viewerId: string }) {
  const [items, setItems] = useState<readonly ToastItem[]>([]);
  useChannel(`user:${viewerId}`, {
    on: {
      notification: ({ notification, unreadCount, level }) => {
        learnUnread(unreadCount);
        if (level !== "all") return;
        void claimToast(notification.id).then((isMine) => {
          if (!isMine) return;
          setItems((known) =>
            known.some(({ id }) => id === notification.id)
              ? known
              : [...known, notification].slice(-MOST_WAITING),
          );
        });
      },
      unread: ({ unreadCount }) => learnUnread(unreadCount),
    },
    // A page that nobody looks at asks when they come back (session-keeper.ts).
    reload: () => {
      if (document.visibilityState === "visible") void askUnread();
    },
    live: setUnreadLive,
  });
  useChannel("views", {
    on: {
      counts: ({ counts }) => {
        for (const { postId, viewsCount } of counts) learnCount(postId, viewsCount);
      },
    },
  });
  return (
    <Toasts
      items={items}
      onClose={(id) => setItems((known) => known.filter((item) => item.id !== id))}
      onCloseAll={() => setItems([])}
    />
  );
}
