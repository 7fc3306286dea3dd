"use client";

import { CountStore, useCount, useHasVisibleCount } from "./count-store";

const viewCounts = new CountStore();

/** Records a view count from a page, a response or an event. */
export function applyViewCount(postId: string, count: number): void {
  viewCounts.apply(postId, count);
}

/** Adds one view to each post, for responses that list posts without their counts. */
export function incrementViewCounts(postIds: readonly string[]): void {
  for (const id of postIds) {
    const count = viewCounts.get(id);
    if (count !== undefined) viewCounts.apply(id, count + 1);
  }
}

/** Whether any view count is on screen. */
export const useHasVisibleCounts = (): boolean => useHasVisibleCount(viewCounts);

/** The newest known view count of a post, starting from the server-rendered one. */
export const useViewCount = (postId: string, rendered: number): number =>
  useCount(viewCounts, postId, rendered);
