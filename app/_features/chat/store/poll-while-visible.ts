/** How often it is seen whether the time has come. */
const TICK_MS = 1_000;
/** Each time is earlier by up to this share, so that pages opened together do not ask together. */
const SPREAD = 0.25;

/**
 * Looks now and then while the page is visible, and at once when it becomes so.
 * @param everyMs  at most so much later; asked anew each time
 * @returns ends it
 */
export function whileVisible(look: () => void, everyMs: () => number): () => void {
  let lookedAt = Date.now();
  let share = 1 - Math.random() * SPREAD;
  const now = () => {
    if (document.visibilityState !== "visible") return;
    lookedAt = Date.now();
    share = 1 - Math.random() * SPREAD;
    look();
  };
  const timer = setInterval(() => {
    if (Date.now() - lookedAt >= everyMs() * share) now();
  }, TICK_MS);
  document.addEventListener("visibilitychange", now);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", now);
  };
}
