import { onSessionEnded, renewSession } from "./session";

/**
 * The event stream of this browser, which says at once when its session is over. Browsers allow six connections to a
 * host, so one tab holds it for all; when that one closes, the next takes over.
 */

const LOCK = "normaldance:stream";
/** Refused or cut: asked again after this, then after twice as long each time, */
const FIRST_RETRY_MS = 2_000;
/** up to this. */
const LONGEST_RETRY_MS = 60_000;

/** @returns ends it */
export function followSession(): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  const held = () => new Promise<void>((resolve) => hold(signal, resolve));
  if ("locks" in navigator) navigator.locks.request(LOCK, { signal }, held).catch(() => undefined);
  else void held();
  return () => ended.abort();
}

/** Keeps a stream open until the signal; then tells that it has let go. */
function hold(signal: AbortSignal, letGo: () => void): void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let openedAt = Date.now();

  const open = () => {
    if (signal.aborted) return;
    openedAt = Date.now();
    source = new EventSource("/api/realtime");
    source.addEventListener("open", () => {
      retryMs = FIRST_RETRY_MS;
    });
    source.addEventListener("session-ended", () => {
      source?.close();
      onSessionEnded();
    });
    source.addEventListener("error", () => {
      // It comes back by itself, unless it was refused: the access token may be too old, or the server away.
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(() => void again(), retryMs);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    });
  };

  const again = async () => {
    if (signal.aborted) return;
    const { outcome } = await renewSession(openedAt);
    if (outcome !== "over") open();
  };

  signal.addEventListener("abort", () => {
    source?.close();
    clearTimeout(timer);
    letGo();
  });
  open();
}
