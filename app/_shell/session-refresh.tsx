"use client";

import { useEffect, useEffectEvent } from "react";
import { readLastRefresh } from "@/app/_data/last-refresh";
import { startRealtime } from "@/app/_data/realtime/channel-subscriptions";
import { refreshSession, startSession } from "@/app/_data/session";
import { fetchUnread } from "@/app/_features/notifications/notification-unread";

/** The token is renewed this long before it expires, so that no request has to wait for it. */
const REFRESH_MARGIN_MS = 60_000;
/** Minimum time between renewals, for when the clocks of browser and server disagree. */
const MIN_REFRESH_INTERVAL_MS = 60_000;
/** First retry delay when the server does not answer; it doubles with each attempt. */
const MIN_RETRY_DELAY_MS = 5_000;
/** Upper limit of the retry delay. An unavailable server signs no user out. */
const MAX_RETRY_DELAY_MS = 5 * 60_000;
/** Returning to a page checks the session, but not at every click into the window. */
const MIN_CHECK_INTERVAL_MS = 5_000;
/** The longest delay that `setTimeout` accepts. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

interface Props {
  userId: string;
  /** Where the document's channels begin. */
  cursors: Readonly<Record<string, string>>;
}

/** Keeps the session fresh and the event stream open on a signed-in user's pages. Renders nothing. */
export function SessionRefresh({ userId, cursors }: Props) {
  // Those of a refreshed page are not needed: the stream has cursors of its own by then.
  const start = useEffectEvent(() => startRealtime({ signedIn: true, cursors }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another user is another session
  useEffect(() => start(), [userId]);
  useEffect(() => startSessionRefresh(userId), [userId]);
  return null;
}

/**
 * Keeps the access token of a visible page fresh, and detects that the session has ended when the user returns to the
 * page. A hidden page renews nothing, so that an unused session expires.
 *
 * @returns stops it
 */
export function startSessionRefresh(userId: string): () => void {
  const abortController = new AbortController();
  const { signal } = abortController;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryDelayMs = MIN_RETRY_DELAY_MS;
  let lastCheckedAt = Date.now();

  const schedule = (ms: number) => {
    clearTimeout(timer);
    if (document.hidden || signal.aborted) return;
    timer = setTimeout(() => void refresh(), Math.min(ms, MAX_TIMEOUT_MS));
  };

  const refresh = async () => {
    const result = await refreshSession(Date.now());
    if (signal.aborted || result.outcome === "ended") return;
    if (result.outcome === "renewed") {
      retryDelayMs = MIN_RETRY_DELAY_MS;
      return schedule(refreshDelayMs(userId));
    }
    schedule(Math.max(retryDelayMs, (result.retryAfterSeconds ?? 0) * 1_000));
    retryDelayMs = Math.min(retryDelayMs * 2, MAX_RETRY_DELAY_MS);
  };

  const onPageActive = () => {
    if (document.hidden) return clearTimeout(timer);
    schedule(refreshDelayMs(userId));
    if (Date.now() - lastCheckedAt < MIN_CHECK_INTERVAL_MS) return;
    lastCheckedAt = Date.now();
    // Any call would do, since a refused one checks the session (call-api.ts); this one also fetches the unread count.
    void fetchUnread();
  };

  const stopSession = startSession(userId, () => schedule(refreshDelayMs(userId)));
  document.addEventListener("visibilitychange", onPageActive, { signal });
  window.addEventListener("focus", onPageActive, { signal });
  window.addEventListener("online", onPageActive, { signal });
  window.addEventListener(
    "pageshow",
    // "Back" restored a page as it was while signed in: the server must decide whether it may be shown.
    (event) => (event.persisted ? window.location.reload() : undefined),
    { signal },
  );
  schedule(refreshDelayMs(userId));
  return () => {
    abortController.abort();
    clearTimeout(timer);
    stopSession();
  };
}

/** Time until the token must be renewed, in ms; 0 when the token is unknown. */
function refreshDelayMs(userId: string): number {
  const lastRefresh = readLastRefresh();
  if (lastRefresh?.userId !== userId) return 0;
  return Math.max(
    0,
    lastRefresh.at + Math.max(lastRefresh.livesMs - REFRESH_MARGIN_MS, MIN_REFRESH_INTERVAL_MS) - Date.now(),
  );
}
