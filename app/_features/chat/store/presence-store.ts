"use client";

import { useEffect, useSyncExternalStore } from "react";
import type { ResponseBody } from "@/app/_data/call-api";
import { fetchPresence } from "./chat-api";

/**
 * Who is here, as far as this tab has asked. Asked once for all who are shown at the same moment; changes come as events
 * (to ChatsKeeper, in the frame), and where none come it is asked again now and then.
 */

export type Presence = ResponseBody<"presence">["items"][number];

/** Components that are mounted together ask together. */
const BATCH_DELAY_MS = 60;
/** What the API takes in one question. */
const MAX_BATCH_SIZE = 100;
/** Known for less than that, it is not asked again by whoever is shown next. */
const MAX_AGE_MS = 60_000;

const knownPresences = new Map<string, Presence & { fetchedAt: number }>();
const shownCounts = new Map<string, number>();
const listeners = new Set<() => void>();
const queuedIds = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;
let version = 0;

/** Somebody came, went, or is known to be there. What two instances say of one person may come in the other order. */
export function applyPresence(presence: Presence): void {
  const lastSeenAt = knownPresences.get(presence.userId)?.lastSeenAt;
  if (lastSeenAt && presence.lastSeenAt && presence.lastSeenAt < lastSeenAt) return;
  knownPresences.set(presence.userId, { ...presence, fetchedAt: Date.now() });
  version++;
  for (const listener of listeners) listener();
}

/** Asks about everybody who is shown: what is known may be old, or nothing is known. */
export function refetchPresence(): void {
  for (const userId of shownCounts.keys()) queuedIds.add(userId);
  scheduleFetch();
}

function scheduleFetch(): void {
  if (timer !== undefined) return;
  timer = setTimeout(() => {
    timer = undefined;
    const batch = [...queuedIds].slice(0, MAX_BATCH_SIZE);
    for (const userId of batch) queuedIds.delete(userId);
    if (queuedIds.size > 0) scheduleFetch();
    if (batch.length > 0) void fetchBatch(batch);
  }, BATCH_DELAY_MS);
}

async function fetchBatch(userIds: string[]): Promise<void> {
  const result = await fetchPresence(userIds);
  // When nobody can say, everybody seems to be offline. It is asked again once events come again.
  if (result.ok && result.data.known) for (const presence of result.data.items) applyPresence(presence);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** Somebody is shown. @returns when they no longer are */
export function trackPresence(userIds: readonly string[]): () => void {
  for (const userId of userIds) {
    shownCounts.set(userId, (shownCounts.get(userId) ?? 0) + 1);
    const before = knownPresences.get(userId);
    if (!before || Date.now() - before.fetchedAt > MAX_AGE_MS) queuedIds.add(userId);
  }
  scheduleFetch();
  return () => {
    for (const userId of userIds) {
      const count = (shownCounts.get(userId) ?? 1) - 1;
      if (count > 0) shownCounts.set(userId, count);
      else shownCounts.delete(userId);
    }
  };
}

/** Where each of these people is; undefined while that is not known. */
export function usePresence(userIds: readonly string[]): (userId: string) => Presence | undefined {
  const key = userIds.join();
  useEffect(() => (key === "" ? undefined : trackPresence(key.split(","))), [key]);
  useSyncExternalStore(
    subscribe,
    () => version,
    () => 0,
  );
  return getPresence;
}

/** Where this person is; undefined while that is not known. */
export function getPresence(userId: string): Presence | undefined {
  return knownPresences.get(userId);
}
