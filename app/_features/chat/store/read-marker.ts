/** The server hears at most so often up to where one has read. */
const EVERY_MS = 1_000;
/** It did not hear it: told again after this. */
const AGAIN_MS = 5_000;

/**
 * Tells the server up to where one has read, the last number of several that come quickly.
 * @param known  what the server has
 * @param send  gives whether it was heard
 */
export function readMarker(known: number, send: (seq: number) => Promise<boolean>) {
  let told = known;
  let wanted = known;
  let toldAt = 0;
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const schedule = (ms: number) => {
    if (wanted > told && timer === undefined) timer = setTimeout(() => void tell(), Math.max(0, ms));
  };
  const tell = async () => {
    timer = undefined;
    if (wanted <= told) return;
    const [before, now] = [told, wanted];
    told = now;
    toldAt = Date.now();
    if ((await send(now)) || told !== now) return;
    told = before;
    if (!ended) schedule(AGAIN_MS);
  };
  return {
    /** One sees this message, and with it all before. */
    see(seq: number): void {
      ended = false;
      wanted = Math.max(wanted, seq);
      schedule(toldAt + EVERY_MS - Date.now());
    },
    /** What waits goes at once: the page is being left. */
    end(): void {
      ended = true;
      clearTimeout(timer);
      void tell();
    },
  };
}
