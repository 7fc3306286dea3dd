"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { playCounts } from "@/app/_data/play-counts";
import { startRealtime, useChannel } from "@/app/_data/realtime/channel-subscriptions";
import { useHasVisibleCounts, viewCounts } from "@/app/_data/view-counts";

/** Spreads the refreshes of all open pages after an outage. */
const REFRESH_JITTER_MS = 5_000;

/**
 * Updates the counts of views and plays on a page. A signed-in viewer is subscribed on every page, an anonymous one only while
 * counts are shown: the anonymous stream has no other purpose. Renders nothing.
 */
export function LiveViewCounts({ signedIn }: { signedIn: boolean }) {
  const hasVisibleCounts = useHasVisibleCounts();
  const isSubscribed = signedIn || hasVisibleCounts;
  const hasJoined = useRef(false);
  const router = useRouter();
  useEffect(() => {
    if (isSubscribed) hasJoined.current = false;
  }, [isSubscribed]);
  useChannel(isSubscribed ? "views" : null, {
    on: {
      counts: ({ counts }) => {
        for (const { postId, viewsCount, playsCount } of counts) {
          if (viewsCount !== undefined) viewCounts.apply(postId, viewsCount);
          if (playsCount !== undefined) playCounts.apply(postId, playsCount);
        }
      },
    },
    onReload: () => {
      // The first call follows the render, so the counts are fresh. Anonymous pages never refresh: all clients of an
      // IP address share one rate limit, and the next view of a post brings its count.
      if (signedIn && hasJoined.current && hasVisibleCounts)
        setTimeout(() => router.refresh(), Math.random() * REFRESH_JITTER_MS);
      hasJoined.current = true;
    },
  });
  return null;
}

/** Opens the stream of public channels in the shell of an anonymous page. Renders nothing. */
export function AnonymousStream() {
  useEffect(() => startRealtime({ signedIn: false }), []);
  return null;
}
