"use client";

import { useCallback, useEffect, useSyncExternalStore } from "react";

/**
 * The view counts this tab knows of. A page brings the count it was rendered with, answers bring newer
 * ones; the highest wins, because a count never goes down and a page from the router's cache may be old.
 */
const counts = new Map<string, number>();
const listeners = new Map<string, Set<() => void>>();
/** Those who want to know whether there are listeners. */
const watchers = new Set<() => void>();

/** Takes in a count from a page or an answer. */
export function learnCount(postId: string, count: number): void {
  if (count <= (counts.get(postId) ?? -1)) return;
  counts.set(postId, count);
  for (const notify of listeners.get(postId) ?? []) notify();
}

/** Whether any count is on screen. */
export function useShowsCounts(): boolean {
  return useSyncExternalStore(watch, showsCounts, showsNone);
}

function watch(notify: () => void): () => void {
  watchers.add(notify);
  return () => watchers.delete(notify);
}

const showsCounts = (): boolean => listeners.size > 0;
const showsNone = (): boolean => false;

/** One more view of each of these, for answers that name the posts but not their counts. */
export function countOneMore(postIds: readonly string[]): void {
  for (const id of postIds) {
    const known = counts.get(id);
    if (known !== undefined) learnCount(id, known + 1);
  }
}

/** The newest known count of a post, starting from what the server rendered. */
export function useViewCount(postId: string, rendered: number): number {
  useEffect(() => {
    learnCount(postId, rendered);
  }, [postId, rendered]);
  const subscribe = useCallback(
    (notify: () => void) => {
      const own = listeners.get(postId) ?? new Set();
      listeners.set(postId, own.add(notify));
      for (const tell of watchers) tell();
      return () => {
        own.delete(notify);
        if (own.size === 0 && listeners.get(postId) === own) listeners.delete(postId);
        for (const tell of watchers) tell();
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
