const PATH = "/api/analytics/events";
/** Events that happen close together travel together. */
const GATHER_MS = 1_000;
/** What the API takes in one call. */
const MOST = 50;

type Properties = Record<string, string | number | boolean | null>;

let waiting: { name: string; properties: Properties; at: string }[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let listening = false;

/**
 * Counts something that happened on a page. Best effort, and nothing waits for it: the browser sends it when it
 * has nothing better to do, also after the page is gone.
 * @param name  `[a-z0-9_.:-]`, at most 64 characters
 */
export function track(name: string, properties: Properties = {}): void {
  waiting.push({ name, properties, at: new Date().toISOString() });
  if (waiting.length >= MOST) flush();
  else timer ??= setTimeout(flush, GATHER_MS);
  if (!listening) addEventListener("pagehide", flush);
  listening = true;
}

function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  const events = waiting;
  waiting = [];
  if (events.length === 0) return;
  navigator.sendBeacon(PATH, new Blob([JSON.stringify({ events })], { type: "application/json" }));
}
