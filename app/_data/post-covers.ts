"use client";

import { useEffect, useSyncExternalStore } from "react";
import type { Cover } from "@/lib/schemas/track";

/** The uploaded covers that this tab has shown, by post. */
const covers = new Map<string, Cover>();

/** Remembers a cover on screen for the page that its card leads to. */
export function useRememberedCover(postId: string, cover: Cover | null): void {
  useEffect(() => {
    if (cover) covers.set(postId, cover);
  }, [postId, cover]);
}

const subscribeToNothing = () => () => undefined;

/** The cover of a post, if this tab has shown it. */
export function useKnownCover(postId: string): Cover | null {
  return useSyncExternalStore(
    subscribeToNothing,
    () => covers.get(postId) ?? null,
    () => null,
  );
}
