"use client";

import { useCallback, useEffect, useSyncExternalStore } from "react";

/**
 * View counts known to this tab. A page has the count it was rendered with, responses and events have newer ones;
 * the highest wins, because a count never decreases and a page from the router's cache may be old.
 */
const counts = new Map<string, number>();
const listeners = new Map<string, Set<() => void>>();
/** Notified when `listeners` changes; see {@link useHasVisibleCounts}. */
const visibilityListeners = new Set<() => void>();

/** Records a count from a page, a response or an event. */
export function applyViewCount(postId: string, count: number): void {
  if (count <= (counts.get(postId) ?? -1)) return;
  counts.set(postId, count);
  for (const notify of listeners.get(postId) ?? []) notify();
}

/** Whether any count is on screen. */
export function useHasVisibleCounts(): boolean {
  return useSyncExternalStore(subscribeToVisibility, hasVisibleCounts, hasNoVisibleCounts);
}

function subscribeToVisibility(notify: () => void): () => void {
  visibilityListeners.add(notify);
  return () => visibilityListeners.delete(notify);
}

const hasVisibleCounts = (): boolean => listeners.size > 0;
const hasNoVisibleCounts = (): boolean => false;

/** Adds one view to each post, for responses that list posts without their counts. */
export function incrementViewCounts(postIds: readonly string[]): void {
  for (const id of postIds) {
    const count = counts.get(id);
    if (count !== undefined) applyViewCount(id, count + 1);
  }
}

/** The newest known count of a post, starting from the server-rendered one. */
export function useViewCount(postId: string, rendered: number): number {
  useEffect(() => {
    applyViewCount(postId, rendered);
  }, [postId, rendered]);
  const subscribe = useCallback(
    (notify: () => void) => {
      const postListeners = listeners.get(postId) ?? new Set();
      listeners.set(postId, postListeners.add(notify));
      for (const notifyVisibility of visibilityListeners) notifyVisibility();
      return () => {
        postListeners.delete(notify);
        if (postListeners.size === 0 && listeners.get(postId) === postListeners) listeners.delete(postId);
        for (const notifyVisibility of visibilityListeners) notifyVisibility();
      };
    },
    [postId],
  );
  return useSyncExternalStore(
    subscribe,
    () => Math.max(rendered, counts.get(postId) ?? 0),
    () => rendered,
  );
}
