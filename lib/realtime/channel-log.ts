import { randomBytes } from "node:crypto";
import { z } from "zod";
import { coalesce } from "../core/coalesce";
import { keys, redisService, ttlSeconds } from "../redis";
import type { Channel } from "./catalogue";
import { type Cursor, formatCursor } from "./cursor";
import { appendEvents, readHeads, readLogs } from "./scripts";

/** What a log keeps: some minutes of a busy chat. Whoever was away for longer reads Postgres again. */
export const MAX_LOG_ENTRIES = 500;
/** What one who comes back is sent before it is simpler to read anew. */
const MAX_REPLAYED_EVENTS = 200;
/** Reads and appends that are made within this are one call. */
const COALESCE_WINDOW_MS = 2;
const MAX_CALL_SIZE = 100;

/** Of one life of a log; short, since it is in every cursor. */
const newEpoch = () => randomBytes(6).toString("hex");

/** An event as a log keeps it. */
export const loggedEventSchema = z.object({ event: z.string(), data: z.unknown() });
export type LoggedEvent = z.infer<typeof loggedEventSchema>;

export interface ChannelEvent extends LoggedEvent {
  channel: Channel;
}

const cursorsSchema = z.array(z.union([z.string(), z.int()]));

function toCursors(reply: unknown): Cursor[] {
  const flat = cursorsSchema.parse(reply);
  return flat.flatMap((epoch, index) =>
    index % 2 === 0 ? [{ epoch: String(epoch), n: Number(flat[index + 1]) }] : [],
  );
}

/**
 * Appends an event to its channel's log and tells every instance; events of the same moment in one call, in the
 * order in which they were said here.
 *
 * @returns where it is in the log
 * @throws {RedisUnavailableError} it may have been said all the same
 */
export const appendEvent: (channelEvent: ChannelEvent) => Promise<Cursor> = coalesce(
  async (events: ChannelEvent[]) =>
    toCursors(
      await redisService().script(
        appendEvents,
        events.flatMap(({ channel }) => [keys.realtimeHead(channel), keys.realtimeLog(channel)]),
        [
          ...[newEpoch(), MAX_LOG_ENTRIES, ttlSeconds.realtime, keys.realtimeUpstream],
          ...events.flatMap(({ channel, event, data }) => [channel, JSON.stringify({ event, data })]),
        ],
        cursorsSchema,
      ),
    ),
  { windowMs: COALESCE_WINDOW_MS, maxSize: MAX_CALL_SIZE },
);

interface LogPosition {
  channel: Channel;
  /** Null: only where the channel is now. */
  since: Cursor | null;
}

export interface LogRead {
  head: Cursor;
  /** All since the cursor, the first being the one after it; null when they cannot be had. */
  events: LoggedEvent[] | null;
}

const readsSchema = z.array(
  z.tuple([z.string(), z.int(), z.union([z.literal(0), z.literal(1)]), z.array(z.string())]),
);

/**
 * What was said on a channel since a cursor. Many who ask for the same at the same time are one: after an
 * interruption all the streams of an instance do.
 *
 * @throws {RedisUnavailableError}
 */
export const readLog: (position: LogPosition) => Promise<LogRead> = coalesce(
  async (positions: LogPosition[]) => {
    const positionKey = ({ channel, since }: LogPosition) => `${channel} ${since ? formatCursor(since) : ""}`;
    const distinct = [...new Map(positions.map((place) => [positionKey(place), place])).values()];
    const replies = await redisService().script(
      readLogs,
      distinct.flatMap(({ channel }) => [keys.realtimeHead(channel), keys.realtimeLog(channel)]),
      [
        ...[newEpoch(), ttlSeconds.realtime, MAX_REPLAYED_EVENTS],
        ...distinct.flatMap(({ since }) => [since?.epoch ?? "", since?.n ?? 0]),
      ],
      readsSchema,
    );
    const reads = new Map(distinct.map((place, index) => [positionKey(place), toLogRead(replies[index])]));
    return positions.map((place) => reads.get(positionKey(place)) ?? toLogRead(undefined));
  },
  { windowMs: COALESCE_WINDOW_MS, maxSize: MAX_CALL_SIZE },
);

function toLogRead(reply: z.infer<typeof readsSchema>[number] | undefined): LogRead {
  if (!reply) throw new Error("a log was not read");
  const [epoch, n, whole, texts] = reply;
  const events = texts.map((text) => loggedEventSchema.safeParse(JSON.parse(text)));
  // An entry that is none (another program's) cannot be told from one that was lost.
  const isComplete = whole === 1 && events.every(({ success }) => success);
  return { head: { epoch, n }, events: isComplete ? events.flatMap(({ data }) => data ?? []) : null };
}

/** Where channels are now; an epoch of "" where nothing is kept. @throws {RedisUnavailableError} */
export async function readLogHeads(channels: readonly Channel[]): Promise<Map<Channel, Cursor>> {
  const heads = new Map<Channel, Cursor>();
  for (let from = 0; from < channels.length; from += MAX_CALL_SIZE) {
    const batch = channels.slice(from, from + MAX_CALL_SIZE);
    const found = toCursors(
      await redisService().script(
        readHeads,
        batch.map((channel) => keys.realtimeHead(channel)),
        [],
        cursorsSchema,
      ),
    );
    for (const [index, head] of found.entries()) {
      const channel = batch[index];
      if (channel) heads.set(channel, head);
    }
  }
  return heads;
}
