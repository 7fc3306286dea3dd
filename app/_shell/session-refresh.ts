import { keptRenewal } from "@/app/_data/last-refresh";
import { beginSession, renewSession } from "@/app/_data/session";
import { askUnread } from "@/app/_features/notifications/notification-unread";

/** A token is renewed so long before it is too old, so that no click has to wait for it. */
const EARLY_MS = 60_000;
/** Never more often than this, whatever the clocks of browser and server make of an answer. */
const SHORTEST_WAIT_MS = 60_000;
/** A server that does not answer is asked again after this, then after twice as long each time, */
const FIRST_RETRY_MS = 5_000;
/** up to this. It signs nobody out. */
const LONGEST_RETRY_MS = 5 * 60_000;
/** Coming back to a page asks whether the session still stands, but not at every click into the window. */
const LOOK_AGAIN_MS = 5_000;
/** What `setTimeout` takes. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * Keeps the access token of a page that somebody looks at new, and finds out that the session is over when they come
 * back to it. A hidden page renews nothing: a session that nobody uses is to grow old.
 *
 * @returns ends it
 */
export function keepSession(userId: string): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let lookedAt = Date.now();

  const schedule = (ms: number) => {
    clearTimeout(timer);
    if (document.hidden || signal.aborted) return;
    timer = setTimeout(() => void renew(), Math.min(ms, LONGEST_WAIT_MS));
  };

  const renew = async () => {
    const result = await renewSession(Date.now());
    if (signal.aborted || result.outcome === "over") return;
    if (result.outcome === "renewed") {
      retryMs = FIRST_RETRY_MS;
      return schedule(dueInMs(userId));
    }
    schedule(Math.max(retryMs, (result.retryAfterSeconds ?? 0) * 1_000));
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  };

  const look = () => {
    if (document.hidden) return clearTimeout(timer);
    schedule(dueInMs(userId));
    if (Date.now() - lookedAt < LOOK_AGAIN_MS) return;
    lookedAt = Date.now();
    // Any call would do: one that is refused finds out why (api.ts), and this one has news besides.
    void askUnread();
  };

  const end = beginSession(userId, () => schedule(dueInMs(userId)));
  document.addEventListener("visibilitychange", look, { signal });
  window.addEventListener("focus", look, { signal });
  window.addEventListener("online", look, { signal });
  window.addEventListener(
    "pageshow",
    // "Back" to a page that was left signed in, as it was: whether it may be seen the server has to say.
    (event) => (event.persisted ? window.location.reload() : undefined),
    { signal },
  );
  schedule(dueInMs(userId));
  return () => {
    ended.abort();
    clearTimeout(timer);
    end();
  };
}

/** How long until the token has to be renewed; 0 when nothing is known of it. */
function dueInMs(userId: string): number {
  const kept = keptRenewal();
  if (kept?.userId !== userId) return 0;
  return Math.max(0, kept.at + Math.max(kept.livesMs - EARLY_MS, SHORTEST_WAIT_MS) - Date.now());
}
