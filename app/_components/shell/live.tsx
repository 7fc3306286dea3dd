"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { askUnread, hearUnread, setUnreadLive } from "@/app/_client/notifications";
import { useChannel } from "@/app/_client/realtime/use-channel";
import { claimToast, type ToastItem } from "@/app/_client/toasts";
import { learnCount, showsCounts } from "@/app/_client/view-counts";
import { Toasts } from "./toasts";

/** Enough to say that there were many. */
const MOST_WAITING = 20;
/** What is older was said while this browser was away, and is no news: it stands in the list. */
const NEWS_MS = 10 * 60_000;
/** Not all pages of the site at once after an outage. */
const SPREAD_MS = 5_000;

/** What comes by itself on every page of somebody's: notifications, how many are unread, view counts. */
export function Live({ viewerId }: { viewerId: string }) {
  const [items, setItems] = useState<readonly ToastItem[]>([]);
  const hasJoined = useRef(false);
  const router = useRouter();
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
  useChannel("views", {
    on: {
      counts: ({ counts }) => {
        for (const { postId, viewsCount } of counts) learnCount(postId, viewsCount);
      },
    },
    reload: () => {
      // What was rendered a moment ago is fresh.
      if (hasJoined.current && showsCounts()) setTimeout(() => router.refresh(), Math.random() * SPREAD_MS);
      hasJoined.current = true;
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
