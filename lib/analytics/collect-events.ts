import type { z } from "zod";
import { now } from "../core/clock";
import { coalesce } from "../core/coalesce";
import { defer } from "../core/defer";
import { newId } from "../core/ids";
import { log } from "../core/log";
import type { newEventSchema } from "../schemas/analytics";
import { createSampler } from "./sampler";
import { type StoredEvent, storeEvents } from "./store-events";

/** Events of requests that end in the same window share a statement. */
const BATCH_WINDOW_MS = 100;
/** With properties of maximum size this is 0.7 MB. */
const MAX_EVENTS_PER_STATEMENT = 300;
/** Limit of a process's buffer, for when Postgres hangs. */
const MAX_BUFFERED_EVENTS = 5_000;
const DAY_MS = 86_400_000;

/** Per minute and process, before only a sample is stored. An anonymous event has no user whose limit could stop a flood. */
const WHOLE_ANONYMOUS_EVENTS = 100;
const WHOLE_MEMBER_EVENTS = 1_000;

const samplers = {
  anonymous: createSampler(WHOLE_ANONYMOUS_EVENTS),
  member: createSampler(WHOLE_MEMBER_EVENTS),
};

const stats = { stored: 0, dropped: 0 };
let bufferedEvents = 0;

/** This process's rows so far: stored, and lost. */
export function getAnalyticsStats(): Readonly<typeof stats> {
  return { ...stats };
}

const storeBatched = coalesce(
  async (events: StoredEvent[]) => {
    try {
      await storeEvents(events);
      stats.stored += events.length;
    } catch (error) {
      recordDropped(events.length, error);
    }
    return events;
  },
  { windowMs: BATCH_WINDOW_MS, maxSize: MAX_EVENTS_PER_STATEMENT },
);

/**
 * Collects events that a client sends. They go to Postgres after the response, those of many requests in one statement,
 * and not through QStash: any client may send events, and each message counts against the plan's day. Of a flood only a
 * sample is stored. Best effort: events that Postgres does not take, or that a process still buffers when it ends, are
 * lost.
 *
 * @param userId  the user of the session, never a value from the event; null for anonymous
 * @returns how many events were received, dropped and not sampled ones included
 */
export function collectEvents(
  userId: string | null,
  events: readonly z.output<typeof newEventSchema>[],
): { accepted: number } {
  const sample = userId === null ? samplers.anonymous : samplers.member;
  const sampled = events.flatMap((event) => {
    const weight = sample();
    return weight === 0 ? [] : [{ ...event, weight }];
  });
  const admitted = sampled.slice(0, Math.max(0, MAX_BUFFERED_EVENTS - bufferedEvents));
  if (admitted.length < sampled.length) recordDropped(sampled.length - admitted.length);
  if (admitted.length > 0) storeAfterResponse(userId, admitted);
  return { accepted: events.length };
}

type SampledEvent = z.output<typeof newEventSchema> & { weight: number };

function storeAfterResponse(userId: string | null, events: readonly SampledEvent[]): void {
  bufferedEvents += events.length;
  defer(async () => {
    await Promise.all(
      events.map(({ id = newId(), at, ...event }) =>
        storeBatched({ ...event, id, userId, at: new Date(clampTimestamp(at)).toISOString() }),
      ),
    );
    bufferedEvents -= events.length;
  });
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
