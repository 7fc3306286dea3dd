import { MAX_ANALYTICS_EVENTS } from "@/lib/schemas/limits";

const ENDPOINT = "/api/analytics/events";
/** Events within this time are sent together. */
const BATCH_DELAY_MS = 5_000;

type Properties = Record<string, string | number | boolean | null>;

let queuedEvents: { name: string; properties: Properties; at: string }[] = [];
let flushTimer: ReturnType<typeof setTimeout> | undefined;
let isListening = false;

/**
 * Records an analytics event. Best effort: the browser sends it in the background, also after the page is closed.
 * @param name  `[a-z0-9_.:-]`, at most 64 characters
 */
export function track(name: string, properties: Properties = {}): void {
  queuedEvents.push({ name, properties, at: new Date().toISOString() });
  if (queuedEvents.length >= MAX_ANALYTICS_EVENTS) flush();
  else flushTimer ??= setTimeout(flush, BATCH_DELAY_MS);
  if (!isListening) addEventListener("pagehide", flush);
  isListening = true;
}

function flush(): void {
  clearTimeout(flushTimer);
  flushTimer = undefined;
  const events = queuedEvents;
  queuedEvents = [];
  if (events.length === 0) return;
  navigator.sendBeacon(ENDPOINT, new Blob([JSON.stringify({ events })], { type: "application/json" }));
}
