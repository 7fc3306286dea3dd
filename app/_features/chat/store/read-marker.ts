/** The server hears at most so often up to where one has read. */
const MIN_SEND_INTERVAL_MS = 1_000;
/** It did not hear it: told again after this. */
const RETRY_DELAY_MS = 5_000;

/**
 * Tells the server up to where one has read, the last number of several that come quickly.
 * @param serverSeq  what the server has
 * @param send  gives whether it was heard
 */
export function createReadMarker(serverSeq: number, send: (seq: number) => Promise<boolean>) {
  let sentSeq = serverSeq;
  let seenSeq = serverSeq;
  let sentAt = 0;
  let isEnded = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const schedule = (ms: number) => {
    if (seenSeq > sentSeq && timer === undefined) timer = setTimeout(() => void sendNow(), Math.max(0, ms));
  };
  const sendNow = async () => {
    timer = undefined;
    if (seenSeq <= sentSeq) return;
    const [previousSeq, nextSeq] = [sentSeq, seenSeq];
    sentSeq = nextSeq;
    sentAt = Date.now();
    if ((await send(nextSeq)) || sentSeq !== nextSeq) return;
    sentSeq = previousSeq;
    if (!isEnded) schedule(RETRY_DELAY_MS);
  };
  return {
    /** One sees this message, and with it all before. */
    markSeen(seq: number): void {
      isEnded = false;
      seenSeq = Math.max(seenSeq, seq);
      schedule(sentAt + MIN_SEND_INTERVAL_MS - Date.now());
    },
    /** What waits goes at once: the page is being left. */
    flush(): void {
      isEnded = true;
      clearTimeout(timer);
      void sendNow();
    },
  };
}
