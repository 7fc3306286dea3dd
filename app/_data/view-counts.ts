"use client";

import { useCallback, useEffect, useSyncExternalStore } from "react";

/**
 * The view counts this tab knows of. A page brings the count it was rendered with, answers bring newer
 * ones; the highest wins, because a count never goes down and a page from the router's cache may be old.
 */
const counts = new Map<string, number>();
const listeners = new Map<string, Set<() => void>>();
/** Those who want to know whether there are listeners. */
const visibilityListeners = new Set<() => void>();

/** Takes in a count from a page or an answer. */
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

/** One more view of each of these, for answers that name the posts but not their counts. */
export function incrementViewCounts(postIds: readonly string[]): void {
  for (const id of postIds) {
    const count = counts.get(id);
    if (count !== undefined) applyViewCount(id, count + 1);
  }
}

/** The newest known count of a post, starting from what the server rendered. */
export function useViewCount(postId: string, rendered: number): number {
  useEffect(() => {
    applyViewCount(postId, rendered);
  }, [postId, rendered]);
  const subscribe = useCallback(
    (notify: () => void) => {
      const postListeners = listeners.get(postId) ?? new Set();
      listeners.set(postId, postListeners.add(notify));
      for (const notifyWatcher of visibilityListeners) notifyWatcher();
      return () => {
        postListeners.delete(notify);
        if (postListeners.size === 0 && listeners.get(postId) === postListeners) listeners.delete(postId);
        for (const tell of visibilityListeners) tell();
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
