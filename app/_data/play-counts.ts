"use client";

import { CountStore, useCount } from "./count-store";

const playCounts = new CountStore();

/** Records a count of plays from a page, a response or an event. */
export function applyPlayCount(postId: string, count: number): void {
  playCounts.apply(postId, count);
}

/** The newest known count of a post's plays, starting from the server-rendered one. */
export const usePlayCount = (postId: string, rendered: number): number =>
  useCount(playCounts, postId, rendered);
