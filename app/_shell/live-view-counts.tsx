"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { startRealtime } from "@/app/_data/realtime/channel-subscriptions";
import { useChannel } from "@/app/_data/realtime/use-channel";
import { applyViewCount, useHasVisibleCounts } from "@/app/_data/view-counts";

/** Not all pages of the site at once after an outage. */
const REFRESH_JITTER_MS = 5_000;

/**
 * Moves the view counts on a page, whoever looks at it. Somebody's stream carries them from page to page; a stream that
 * is nobody's is there for them alone, and only where some are shown. Renders nothing.
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
        for (const { postId, viewsCount } of counts) applyViewCount(postId, viewsCount);
      },
    },
    onReload: () => {
      // What was rendered a moment ago is fresh. Nobody's pages do without: all of an address share what it may ask for,
      // and the next view of a post brings its count.
      if (signedIn && hasJoined.current && hasVisibleCounts)
        setTimeout(() => router.refresh(), Math.random() * REFRESH_JITTER_MS);
      hasJoined.current = true;
    },
  });
  return null;
}

/** In the frame of a page that is nobody's: a stream for what is public. Renders nothing. */
export function AnonymousStream() {
  useEffect(() => startRealtime({ signedIn: false }), []);
  return null;
}
