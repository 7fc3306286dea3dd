import { readLastRefresh } from "@/app/_data/last-refresh";
import { refreshSession, startSession } from "@/app/_data/session";
import { fetchUnread } from "@/app/_features/notifications/notification-unread";

/** A token is renewed so long before it is too old, so that no click has to wait for it. */
const REFRESH_MARGIN_MS = 60_000;
/** Never more often than this, whatever the clocks of browser and server make of an answer. */
const MIN_REFRESH_INTERVAL_MS = 60_000;
/** A server that does not answer is asked again after this, then after twice as long each time, */
const MIN_RETRY_DELAY_MS = 5_000;
/** up to this. It signs nobody out. */
const MAX_RETRY_DELAY_MS = 5 * 60_000;
/** Coming back to a page asks whether the session still stands, but not at every click into the window. */
const MIN_CHECK_INTERVAL_MS = 5_000;
/** What `setTimeout` takes. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Keeps the access token of a page that somebody looks at new, and finds out that the session is over when they come
 * back to it. A hidden page renews nothing: a session that nobody uses is to grow old.
 *
 * @returns ends it
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
    if (signal.aborted || result.outcome === "over") return;
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
    // Any call would do: one that is refused finds out why (api.ts), and this one has news besides.
    void fetchUnread();
  };

  const stopSession = startSession(userId, () => schedule(refreshDelayMs(userId)));
  document.addEventListener("visibilitychange", onPageActive, { signal });
  window.addEventListener("focus", onPageActive, { signal });
  window.addEventListener("online", onPageActive, { signal });
  window.addEventListener(
    "pageshow",
    // "Back" to a page that was left signed in, as it was: whether it may be seen the server has to say.
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

/** How long until the token has to be renewed; 0 when nothing is known of it. */
function refreshDelayMs(userId: string): number {
  const lastRefresh = readLastRefresh();
  if (lastRefresh?.userId !== userId) return 0;
  return Math.max(
    0,
    lastRefresh.at + Math.max(lastRefresh.livesMs - REFRESH_MARGIN_MS, MIN_REFRESH_INTERVAL_MS) - Date.now(),
  );
}
