/** Minimum time between two typing events of a user. */
const MIN_SEND_INTERVAL_MS = 4_000;
/** How long a received typing event is shown. */
export const TYPING_TIMEOUT_MS = 6_000;

/** Limits the rate of typing events. @param send  notifies the server; best effort */
export function createTypingNotifier(send: () => void): () => void {
  let sentAt = 0;
  return () => {
    if (Date.now() - sentAt < MIN_SEND_INTERVAL_MS) return;
    sentAt = Date.now();
    send();
  };
}
