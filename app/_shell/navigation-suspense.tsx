"use client";

import { type ReactNode, Suspense, useEffect, useState } from "react";

/** Whether the document is hydrated; from then on pages arrive by client-side navigation. */
let isHydrated = false;

/** Rendered once, in the shell of the root layout. */
export function HydrationMarker() {
  useEffect(() => {
    isHydrated = true;
  }, []);
  return null;
}

/**
 * Shows a skeleton during navigation within the site, but none in a document requested by its address: that
 * one waits for its content. It then has the right status (404 for a missing post), is complete for search
 * engines, and is readable without scripts (React puts a large streamed part at the end of the document,
 * where only a script can move it into position). Decided once per mount, so that refreshing a page keeps
 * what is on screen.
 */
export function NavigationSuspense({ skeleton, children }: { skeleton: ReactNode; children: ReactNode }) {
  const [withSkeleton] = useState(() => isHydrated);
  return withSkeleton ? <Suspense fallback={skeleton}>{children}</Suspense> : children;
}
