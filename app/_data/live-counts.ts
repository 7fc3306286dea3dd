"use client";

import { useCallback, useEffect, useSyncExternalStore } from "react";

/**
 * A count of each post, as known to this tab. A page has the count it was rendered with, responses and events have newer
 * ones; the highest wins, because a count never decreases and a page from the router's cache may be old.
 */
export class LiveCounts {
  private readonly counts = new Map<string, number>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly visibilityListeners = new Set<() => void>();

  /** Records a count from a page, a response or an event. */
  apply(postId: string, count: number): void {
    if (count <= (this.counts.get(postId) ?? -1)) return;
    this.counts.set(postId, count);
    for (const notify of this.listeners.get(postId) ?? []) notify();
  }

  /** Null: unknown. */
  get(postId: string): number | null {
    return this.counts.get(postId) ?? null;
  }

  subscribe(postId: string, notify: () => void): () => void {
    const postListeners = this.listeners.get(postId) ?? new Set();
    this.listeners.set(postId, postListeners.add(notify));
    this.notifyVisibility();
    return () => {
      postListeners.delete(notify);
      if (postListeners.size === 0 && this.listeners.get(postId) === postListeners)
        this.listeners.delete(postId);
      this.notifyVisibility();
    };
  }

  /** Whether any count is on screen. */
  readonly hasVisible = (): boolean => this.listeners.size > 0;

  /** Calls the listener when the posts on screen change. */
  readonly subscribeToVisibility = (notify: () => void): (() => void) => {
    this.visibilityListeners.add(notify);
    return () => this.visibilityListeners.delete(notify);
  };

  private notifyVisibility(): void {
    for (const notify of this.visibilityListeners) notify();
  }
}

/** The newest known count of a post, starting from the server-rendered one. */
export function useLiveCount(counts: LiveCounts, postId: string, rendered: number): number {
  useEffect(() => {
    counts.apply(postId, rendered);
  }, [counts, postId, rendered]);
  const subscribe = useCallback((notify: () => void) => counts.subscribe(postId, notify), [counts, postId]);
  return useSyncExternalStore(
    subscribe,
    () => Math.max(rendered, counts.get(postId) ?? 0),
    () => rendered,
  );
}
