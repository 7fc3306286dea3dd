"use client";

import { useCallback, useEffect, useSyncExternalStore } from "react";

/**
 * Counts of one kind known to this tab. A page has the count it was rendered with, responses and events have newer
 * ones; the highest wins, because a count never decreases and a page from the router's cache may be old.
 */
export class CountStore {
  private readonly counts = new Map<string, number>();
  private readonly listeners = new Map<string, Set<() => void>>();
  /** Notified when `listeners` changes; see {@link useHasVisibleCount}. */
  private readonly visibilityListeners = new Set<() => void>();

  get(postId: string): number | undefined {
    return this.counts.get(postId);
  }

  /** Records a count from a page, a response or an event. */
  apply(postId: string, count: number): void {
    if (count <= (this.counts.get(postId) ?? -1)) return;
    this.counts.set(postId, count);
    for (const notify of this.listeners.get(postId) ?? []) notify();
  }

  subscribe(postId: string, notify: () => void): () => void {
    const postListeners = this.listeners.get(postId) ?? new Set();
    this.listeners.set(postId, postListeners.add(notify));
    for (const notifyVisibility of this.visibilityListeners) notifyVisibility();
    return () => {
      postListeners.delete(notify);
      if (postListeners.size === 0 && this.listeners.get(postId) === postListeners)
        this.listeners.delete(postId);
      for (const notifyVisibility of this.visibilityListeners) notifyVisibility();
    };
  }

  readonly hasVisible = (): boolean => this.listeners.size > 0;

  readonly subscribeToVisibility = (notify: () => void): (() => void) => {
    this.visibilityListeners.add(notify);
    return () => this.visibilityListeners.delete(notify);
  };
}

/** Whether any count is on screen. */
export function useHasVisibleCount(store: CountStore): boolean {
  return useSyncExternalStore(store.subscribeToVisibility, store.hasVisible, hasNoVisible);
}

const hasNoVisible = (): boolean => false;

/** The newest known count of a post, starting from the server-rendered one. */
export function useCount(store: CountStore, postId: string, rendered: number): number {
  useEffect(() => {
    store.apply(postId, rendered);
  }, [store, postId, rendered]);
  const subscribe = useCallback((notify: () => void) => store.subscribe(postId, notify), [store, postId]);
  return useSyncExternalStore(
    subscribe,
    () => Math.max(rendered, store.get(postId) ?? 0),
    () => rendered,
  );
}
