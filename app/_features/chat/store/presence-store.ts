"use client";

import { useEffect, useSyncExternalStore } from "react";
import type { Answer } from "@/app/_data/call-api";
import { fetchPresence } from "./chat-api";

/**
 * Who is here, as far as this tab has asked. Asked once for all who are shown at the same moment; changes come as events
 * (to ChatsKeeper, in the frame), and where none come it is asked again now and then.
 */

export type Presence = Answer<"presence">["items"][number];

/** Components that are mounted together ask together. */
const GATHER_MS = 60;
/** What the API takes in one question. */
const MOST_AT_ONCE = 100;
/** Known for less than that, it is not asked again by whoever is shown next. */
const FRESH_MS = 60_000;

const known = new Map<string, Presence & { askedAt: number }>();
const shown = new Map<string, number>();
const listeners = new Set<() => void>();
const waiting = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;
let version = 0;

/** Somebody came, went, or is known to be there. What two instances say of one person may come in the other order. */
export function learnPresence(presence: Presence): void {
  const before = known.get(presence.userId)?.lastSeenAt;
  if (before && presence.lastSeenAt && presence.lastSeenAt < before) return;
  known.set(presence.userId, { ...presence, askedAt: Date.now() });
  version++;
  for (const listener of listeners) listener();
}

/** Asks about everybody who is shown: what is known may be old, or nothing is known. */
export function askPresenceAgain(): void {
  for (const userId of shown.keys()) waiting.add(userId);
  schedule();
}

function schedule(): void {
  if (timer !== undefined) return;
  timer = setTimeout(() => {
    timer = undefined;
    const asked = [...waiting].slice(0, MOST_AT_ONCE);
    for (const userId of asked) waiting.delete(userId);
    if (waiting.size > 0) schedule();
    if (asked.length > 0) void ask(asked);
  }, GATHER_MS);
}

async function ask(userIds: string[]): Promise<void> {
  const result = await fetchPresence(userIds);
  // When nobody can say, everybody seems to be offline. It is asked again once events come again.
  if (result.ok && result.data.known) for (const presence of result.data.items) learnPresence(presence);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** Somebody is shown. @returns when they no longer are */
export function showPresence(userIds: readonly string[]): () => void {
  for (const userId of userIds) {
    shown.set(userId, (shown.get(userId) ?? 0) + 1);
    const before = known.get(userId);
    if (!before || Date.now() - before.askedAt > FRESH_MS) waiting.add(userId);
  }
  schedule();
  return () => {
    for (const userId of userIds) {
      const count = (shown.get(userId) ?? 1) - 1;
      if (count > 0) shown.set(userId, count);
      else shown.delete(userId);
    }
  };
}

/** Where each of these people is; undefined while that is not known. */
export function usePresence(userIds: readonly string[]): (userId: string) => Presence | undefined {
  const key = userIds.join();
  useEffect(() => (key === "" ? undefined : showPresence(key.split(","))), [key]);
  useSyncExternalStore(
    subscribe,
    () => version,
    () => 0,
  );
  return presenceOf;
}

/** Where this person is; undefined while that is not known. */
export function presenceOf(userId: string): Presence | undefined {
  return known.get(userId);
}
