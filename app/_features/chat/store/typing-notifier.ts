/** While somebody writes the others are told at most so often, */
const MIN_SEND_INTERVAL_MS = 4_000;
/** and believe it for so long. */
export const TYPING_TIMEOUT_MS = 6_000;

/** Says that one writes. @param send  tells the server; best effort */
export function createTypingNotifier(send: () => void): () => void {
  let sentAt = 0;
  return () => {
    if (Date.now() - sentAt < MIN_SEND_INTERVAL_MS) return;
    sentAt = Date.now();
    send();
  };
}
