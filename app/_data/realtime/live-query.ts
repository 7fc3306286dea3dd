import type { ApiFailure } from "@/app/_ui/api-result";

/** How often the elapsed time is checked. */
const TICK_INTERVAL_MS = 500;
/** Each interval is shortened by a random share up to this, so that pages opened together do not poll together. */
const JITTER = 0.25;
/** First retry delay after a failed fetch; it doubles with each failure. */
const MIN_RETRY_DELAY_MS = 1_000;
/** Upper limit of the retry delay; a shorter polling interval is a lower limit still. */
const MAX_RETRY_DELAY_MS = 15_000;
/** Error codes that no retry changes: polling stops until something is reported or the page is shown again. */
const FINAL_CODES = new Set(["unauthenticated", "forbidden", "not_found"]);

export interface LiveQueryOptions {
  /** Reads the data and applies it; resolves to the failure, if any. It must not throw. */
  fetch: () => Promise<ApiFailure | null>;
  /** Maximum time between two fetches of a visible page; null: no polling. Read again at each check. */
  paceMs: () => number | null;
  /** What `refetch()` does on a hidden page. */
  whileHidden?: WhileHidden;
}

/** `wait`: the fetch runs when the page becomes visible; `fetch`: it runs at once, for titles and badges. */
export type WhileHidden = "wait" | "fetch";

export interface LiveQuery {
  /** Something changed, or may have been missed: fetches now, or after the fetch in progress. */
  refetch(): void;
  stop(): void;
}

/**
 * Keeps data fresh: one fetch at a time, when a change is reported, at a pace while the page is visible, and when the
 * page becomes visible. A failed fetch is retried with increasing delays; the server's `Retry-After` is always
 * respected.
 */
export function startLiveQuery({ fetch, paceMs, whileHidden = "wait" }: LiveQueryOptions): LiveQuery {
  let lastFetchAt = Date.now();
  let intervalShare = 1 - Math.random() * JITTER;
  let isFetching = false;
  let isStopped = false;
  let isFinal = false;
  /** A change was reported since the last request was sent, whose response may be older. */
  let refetchRequested = false;
  /** Time of the next retry (ms since the epoch); null when the last fetch succeeded. */
  let retryAt: number | null = null;
  let retryDelayMs = MIN_RETRY_DELAY_MS;
  /** End of the server's `Retry-After` (ms since the epoch). */
  let pausedUntil = 0;

  const isVisible = () => document.visibilityState === "visible";

  const isPollDue = () => {
    if (isFinal) return false;
    if (retryAt !== null) return Date.now() >= retryAt;
    const intervalMs = paceMs();
    return intervalMs !== null && Date.now() - lastFetchAt >= intervalMs * intervalShare;
  };

  const fetchIfDue = () => {
    if (isFetching || isStopped || Date.now() < pausedUntil) return;
    if (refetchRequested ? isVisible() || whileHidden === "fetch" : isVisible() && isPollDue())
      void runFetch();
  };

  const runFetch = async () => {
    isFetching = true;
    refetchRequested = false;
    lastFetchAt = Date.now();
    intervalShare = 1 - Math.random() * JITTER;
    try {
      applyFailure(await fetch());
    } finally {
      isFetching = false;
    }
    fetchIfDue();
  };

  const applyFailure = (failure: ApiFailure | null) => {
    isFinal = failure !== null && FINAL_CODES.has(failure.code);
    if (!failure || isFinal) {
      retryAt = null;
      retryDelayMs = MIN_RETRY_DELAY_MS;
      return;
    }
    retryAt = Date.now() + Math.min(retryDelayMs, paceMs() ?? MAX_RETRY_DELAY_MS);
    retryDelayMs = Math.min(retryDelayMs * 2, MAX_RETRY_DELAY_MS);
    pausedUntil = Date.now() + (failure.retryAfterSeconds ?? 0) * 1_000;
  };

  const onVisibilityChange = () => {
    if (isVisible() && paceMs() !== null) refetchRequested = true;
    fetchIfDue();
  };

  const timer = setInterval(fetchIfDue, TICK_INTERVAL_MS);
  document.addEventListener("visibilitychange", onVisibilityChange);
  return {
    refetch: () => {
      refetchRequested = true;
      fetchIfDue();
    },
    stop: () => {
      isStopped = true;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisibilityChange);
    },
  };
}
