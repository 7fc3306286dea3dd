/** The server hears at most so often up to where one has read. */
const EVERY_MS = 1_000;

/**
 * Tells the server up to where one has read, the last number of several that come quickly.
 * @param known  what the server has
 */
export function readMarker(known: number, send: (seq: number) => void) {
  let told = known;
  let wanted = known;
  let toldAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    timer = undefined;
    if (wanted <= told) return;
    told = wanted;
    toldAt = Date.now();
    send(told);
  };
  return {
    /** One sees this message, and with it all before. */
    see(seq: number): void {
      wanted = Math.max(wanted, seq);
      if (wanted <= told || timer !== undefined) return;
      timer = setTimeout(tell, Math.max(0, toldAt + EVERY_MS - Date.now()));
    },
    /** The server has heard it from another device. */
    learn(seq: number): void {
      told = Math.max(told, seq);
    },
    /** What waits goes at once: the page is being left. */
    end(): void {
      clearTimeout(timer);
      tell();
    },
  };
}
