import type { z } from "zod";
import { now } from "../core/clock";
import { coalesce } from "../core/coalesce";
import { defer } from "../core/defer";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { type PayloadInput, publish } from "../tasks";
import type { newEventSchema } from "./client";

type AnalyticsEventInput = PayloadInput<"analytics">["events"][number];

/** Events of requests that end together go in one message. */
const BATCH_WINDOW_MS = 100;
/** With properties as large as they may be this is 0.7 MB; QStash and our door take 1 MB. */
const MAX_EVENTS_PER_MESSAGE = 300;
/** While QStash hangs a process keeps no more than this. */
const MAX_BUFFERED_EVENTS = 5_000;
const DAY_MS = 86_400_000;

const stats = { published: 0, dropped: 0 };
let bufferedEvents = 0;

/** Events of this process so far: what QStash took, and what is lost. */
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
 * Takes events in to be counted. They are published once the answer is out, those of many requests in one
 * message. Best effort: what QStash does not take, and what a process that ends keeps, is lost.
 *
 * @param userId  who did it, by their session and never by their word; null for nobody known
 * @returns how many were taken in
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

/** Today's clock or yesterday's: what a wrong one says must not change the totals of last week. */
function clampTimestamp(at: string | undefined): number {
  const receivedAt = now();
  if (at === undefined) return receivedAt;
  return Math.min(receivedAt, Math.max(receivedAt - DAY_MS, Date.parse(at)));
}

function recordDropped(count: number, error?: unknown): void {
  stats.dropped += count;
  log().warn({ count, dropped: stats.dropped, err: error }, "events were not counted");
}
