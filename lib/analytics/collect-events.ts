import type { z } from "zod";
import { now } from "../core/clock";
import { coalesce } from "../core/coalesce";
import { defer } from "../core/defer";
import { newId } from "../core/ids";
import { log } from "../core/log";
import type { newEventSchema } from "../schemas/analytics";
import { type PayloadInput, publish } from "../tasks";

type AnalyticsEventInput = PayloadInput<"analytics">["events"][number];

/** Events of requests that end in the same window share a message. */
const BATCH_WINDOW_MS = 100;
/** With properties of maximum size this is 0.7 MB; QStash and our endpoint accept 1 MB. */
const MAX_EVENTS_PER_MESSAGE = 300;
/** Limit of a process's buffer, for when QStash hangs. */
const MAX_BUFFERED_EVENTS = 5_000;
const DAY_MS = 86_400_000;

const stats = { published: 0, dropped: 0 };
let bufferedEvents = 0;

/** This process's events so far: accepted by QStash, and lost. */
export function getAnalyticsStats(): Readonly<typeof stats> {
  return { ...stats };
}

const publishBatched = coalesce(
  async (events: AnalyticsEventInput[]) => {
    try {
      await publish("analytics", { events });
      stats.published += events.length;
    } catch (error) {
      recordDropped(events.length, error);
    }
    return events;
  },
  { windowMs: BATCH_WINDOW_MS, maxSize: MAX_EVENTS_PER_MESSAGE },
);

/**
 * Collects events. They are published after the response is sent, those of many requests in one message. Best effort:
 * events that QStash does not accept, or that a process still buffers when it ends, are lost.
 *
 * @param userId  the user of the session, never a value from the event; null for anonymous
 * @returns how many events were received, dropped ones included
 */
export function collectEvents(
  userId: string | null,
  events: readonly z.output<typeof newEventSchema>[],
): { accepted: number } {
  const admitted = events.slice(0, Math.max(0, MAX_BUFFERED_EVENTS - bufferedEvents));
  if (admitted.length < events.length) recordDropped(events.length - admitted.length);
  bufferedEvents += admitted.length;
  defer(async () => {
    await Promise.all(
      admitted.map(({ id = newId(), at, ...event }) =>
        publishBatched({ ...event, id, userId, at: new Date(clampTimestamp(at)).toISOString() }),
      ),
    );
    bufferedEvents -= admitted.length;
  });
  return { accepted: events.length };
}

/** Clamps to the last 24 hours: a wrong clock must not change last week's totals. */
function clampTimestamp(at: string | undefined): number {
  const receivedAt = now();
  if (at === undefined) return receivedAt;
  return Math.min(receivedAt, Math.max(receivedAt - DAY_MS, Date.parse(at)));
}

function recordDropped(count: number, error?: unknown): void {
  stats.dropped += count;
  log().warn({ count, dropped: stats.dropped, err: error }, "analytics events dropped");
}
