/** How often it is seen whether the time has come. */
const TICK_INTERVAL_MS = 1_000;
/** Each time is earlier by up to this share, so that pages opened together do not ask together. */
const JITTER = 0.25;

/**
 * Looks now and then while the page is visible, and at once when it becomes so.
 * @param intervalMs  at most so much later; asked anew each time
 * @returns ends it
 */
export function pollWhileVisible(poll: () => void, intervalMs: () => number): () => void {
  let lastPollAt = Date.now();
  let intervalShare = 1 - Math.random() * JITTER;
  const pollNow = () => {
    if (document.visibilityState !== "visible") return;
    lastPollAt = Date.now();
    intervalShare = 1 - Math.random() * JITTER;
    poll();
  };
  const timer = setInterval(() => {
    if (Date.now() - lastPollAt >= intervalMs() * intervalShare) pollNow();
  }, TICK_INTERVAL_MS);
  document.addEventListener("visibilitychange", pollNow);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", pollNow);
  };
}
