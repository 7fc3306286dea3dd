"use client";

import { useSyncExternalStore } from "react";
import { LiveCounts } from "./live-counts";

export const viewCounts = new LiveCounts();

/** Whether any view count is on screen. */
export function useHasVisibleCounts(): boolean {
  return useSyncExternalStore(viewCounts.subscribeToVisibility, viewCounts.hasVisible, hasNoVisibleCounts);
}

const hasNoVisibleCounts = (): boolean => false;

/** Adds one view to each post, for responses that list posts without their counts. */
export function incrementViewCounts(postIds: readonly string[]): void {
  for (const id of postIds) {
    const count = viewCounts.get(id);
    if (count !== null) viewCounts.apply(id, count + 1);
  }
}
