"use client";

import { type ReactNode, Suspense, useEffect, useState } from "react";

/** Whether the document this script came with has been taken over; from then on pages arrive one by one. */
let isHydrated = false;

/** Stands once in the root layout. */
export function HydrationMarker() {
  useEffect(() => {
    isHydrated = true;
  }, []);
  return null;
}

/**
 * A skeleton for people who move within the site, and none in a document asked for by its address: that
 * one waits for its content. It then carries the true status (404 for a post that is not there), is whole
 * for search engines, and reads without scripts (React puts a large streamed part at the end of the
 * document, where only a script can move it into place). Decided once per arrival, so that refreshing a
 * page keeps what is on screen.
 */
export function NavigationSuspense({ skeleton, children }: { skeleton: ReactNode; children: ReactNode }) {
  const [withSkeleton] = useState(() => isHydrated);
  return withSkeleton ? <Suspense fallback={skeleton}>{children}</Suspense> : children;
}
