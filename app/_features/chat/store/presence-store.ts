"use client";

import { useEffect, useSyncExternalStore } from "react";
import type { Presence } from "@/lib/schemas/presence";
import { fetchPresence } from "./chat-api";

/**
 * The presence of users, as known to this tab. Users that are shown at the same moment share one request. ChatSync, in
 * the shell, applies the events about changes, and polls while none arrive.
 */

/** Components that mount within this time share a request. */
const BATCH_DELAY_MS = 60;
/** The API's limit per request. */
const MAX_BATCH_SIZE = 100;
/** Younger entries are not requested again when another component shows the user. */
const MAX_AGE_MS = 60_000;

const knownPresences = new Map<string, Presence & { fetchedAt: number }>();
const shownCounts = new Map<string, number>();
const listeners = new Set<() => void>();
const queuedIds = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;
let version = 0;

/** Applies a user's presence. Events of two instances may arrive out of order: an older `lastSeenAt` is ignored. */
export function applyPresence(presence: Presence): void {
  const lastSeenAt = knownPresences.get(presence.userId)?.lastSeenAt;
  if (lastSeenAt && presence.lastSeenAt && presence.lastSeenAt < lastSeenAt) return;
  knownPresences.set(presence.userId, { ...presence, fetchedAt: Date.now() });
  version++;
  for (const listener of listeners) listener();
}

/** Requests the presence of all shown users again: it may be outdated or unknown. */
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
  // If presence is unknown (Redis is down), all users seem offline. ChatSync requests it again once events resume.
  if (result.ok && result.data.known) for (const presence of result.data.items) applyPresence(presence);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** Registers users as shown, and requests their presence if needed. @returns unregisters them */
export function trackPresence(userIds: readonly string[]): () => void {
  for (const userId of userIds) {
    shownCounts.set(userId, (shownCounts.get(userId) ?? 0) + 1);
    const known = knownPresences.get(userId);
    if (!known || Date.now() - known.fetchedAt > MAX_AGE_MS) queuedIds.add(userId);
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

/** Looks up the presence of these users; undefined while unknown. */
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

/** The presence of a user; undefined while unknown. */
export function getPresence(userId: string): Presence | undefined {
  return knownPresences.get(userId);
}
