/** How often the elapsed time is checked. */
const TICK_INTERVAL_MS = 1_000;
/** Each interval is shortened by a random share up to this, so that pages opened together do not poll together. */
const JITTER = 0.25;

/**
 * Polls while the page is visible, and immediately when it becomes visible.
 * @param intervalMs  maximum time between two polls; read again at each check
 * @returns stops polling
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
