/** Minimum time between two reports to the server. */
const MIN_SEND_INTERVAL_MS = 1_000;
/** Delay before a failed report is repeated. */
const RETRY_DELAY_MS = 5_000;

/**
 * Reports to the server up to which `seq` the viewer has read. Of several in quick succession only the last is sent.
 * @param serverSeq  the read marker on the server
 * @param send  resolves to whether the server recorded it
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
    /** Marks this message and all before it as seen. */
    markSeen(seq: number): void {
      isEnded = false;
      seenSeq = Math.max(seenSeq, seq);
      schedule(sentAt + MIN_SEND_INTERVAL_MS - Date.now());
    },
    /** Sends a waiting report immediately, without retry: the page is being left. */
    flush(): void {
      isEnded = true;
      clearTimeout(timer);
      void sendNow();
    },
  };
}
