import type { z } from "zod";
import { now } from "../core/clock";
import { coalesce } from "../core/coalesce";
import { defer } from "../core/defer";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { type PayloadInput, publish } from "../tasks";
import type { newEventSchema } from "./client";

type Event = PayloadInput<"analytics">["events"][number];

/** Events of requests that end together go in one message. */
const WINDOW_MS = 100;
/** With properties as large as they may be this is 0.7 MB; QStash and our door take 1 MB. */
const MOST_PER_MESSAGE = 300;
/** While QStash hangs a process keeps no more than this. */
const MOST_WAITING = 5_000;
const DAY_MS = 86_400_000;

const stats = { published: 0, dropped: 0 };
let waiting = 0;

/** Events of this process so far: what QStash took, and what is lost. */
export function analyticsStats(): Readonly<typeof stats> {
  return { ...stats };
}

const together = coalesce(
  async (events: Event[]) => {
    try {
      await publish("analytics", { events });
      stats.published += events.length;
    } catch (error) {
      dropped(events.length, error);
    }
    return events;
  },
  { windowMs: WINDOW_MS, maxSize: MOST_PER_MESSAGE },
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
  const room = events.slice(0, Math.max(0, MOST_WAITING - waiting));
  if (room.length < events.length) dropped(events.length - room.length);
  waiting += room.length;
  defer(async () => {
    await Promise.all(
      room.map(({ id = newId(), at, ...event }) =>
        together({ ...event, id, userId, at: new Date(believable(at)).toISOString() }),
      ),
    );
    waiting -= room.length;
  });
  return { accepted: events.length };
}

/** Today's clock or yesterday's: what a wrong one says must not change the totals of last week. */
function believable(at: string | undefined): number {
  const receivedAt = now();
  if (at === undefined) return receivedAt;
  return Math.min(receivedAt, Math.max(receivedAt - DAY_MS, Date.parse(at)));
}

function dropped(count: number, error?: unknown): void {
  stats.dropped += count;
  log().warn({ count, dropped: stats.dropped, err: error }, "events were not counted");
}
