import { randomBytes, randomInt } from "node:crypto";
import { z } from "zod";
import { coalesce } from "../core/coalesce";
import { decodeValue, keys, redisService, ttlSeconds } from "../redis";
import type { Channel } from "../schemas/channels";
import { appendEvents, readHeads, readLogs } from "./scripts";

/** Entries of one log: some minutes of a busy chat. A client that was offline for longer reads Postgres again. */
export const MAX_LOG_ENTRIES = 500;
/** Events that a resuming client is sent, and one script reads; with more, reading Postgres again is cheaper. */
const MAX_REPLAYED_EVENTS = 200;
/** Reads (or appends) within this window are one call. */
const COALESCE_WINDOW_MS = 2;
const MAX_CALL_SIZE = 100;

/** Short, because every cursor contains it. */
const newEpoch = () => randomBytes(6).toString("hex");

/** Random, so that a sequence that begins again is not mistaken for the one before. */
export const newSequence = () => 1 + randomInt(2 ** 40);

/** An event as stored in a log. */
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
 * Appends an event to its channel's log and publishes it to all instances. Concurrent events go in one call, in the
 * order of the calls here.
 *
 * @returns the event's cursor
 * @throws {RedisUnavailableError} with an unknown outcome: the event may be in the log
 */
export const appendEvent: (channelEvent: ChannelEvent) => Promise<Cursor> = coalesce(
  async (events: ChannelEvent[]) =>
    toCursors(
      await redisService().script(
        appendEvents,
        [
          ...events.flatMap(({ channel }) => [keys.realtimeHead(channel), keys.realtimeLog(channel)]),
          keys.realtimeSequence,
        ],
        [
          ...[newEpoch(), MAX_LOG_ENTRIES, ttlSeconds.realtime, keys.realtimeUpstream, newSequence()],
          ...events.flatMap(({ channel, event, data }) => [channel, JSON.stringify({ event, data })]),
        ],
        cursorsSchema,
      ),
    ),
  { windowMs: COALESCE_WINDOW_MS, maxSize: MAX_CALL_SIZE },
);

interface LogPosition {
  channel: Channel;
  /** Null reads only the head. */
  since: Cursor | null;
}

export interface LogRead {
  head: Cursor;
  /** All events after the cursor, in order; null when the log does not have all of them. */
  events: LoggedEvent[] | null;
}

const MUST_READ_AGAIN = 2;
const logReplySchema = z.tuple([
  z.string(),
  z.int(),
  z.union([z.literal(0), z.literal(1), z.literal(MUST_READ_AGAIN)]),
  z.array(z.string()),
]);
const readsSchema = z.array(logReplySchema);
type LogReply = z.infer<typeof logReplySchema>;

/**
 * Reads a channel's events since a cursor. Equal concurrent reads are merged: after an interruption all streams of an
 * instance read the same logs.
 *
 * @throws {RedisUnavailableError}
 */
export const readLog: (position: LogPosition) => Promise<LogRead> = coalesce(
  async (positions: LogPosition[]) => {
    const positionKey = ({ channel, since }: LogPosition) => `${channel} ${since ? formatCursor(since) : ""}`;
    const distinct = [...new Map(positions.map((position) => [positionKey(position), position])).values()];
    const replies = await readPositions(distinct);
    const reads = new Map(
      distinct.map((position, index) => [positionKey(position), toLogRead(replies[index])]),
    );
    return positions.map((position) => reads.get(positionKey(position)) ?? toLogRead(undefined));
  },
  { windowMs: COALESCE_WINDOW_MS, maxSize: MAX_CALL_SIZE },
);

/** One call, and one more for each 200 events. */
async function readPositions(positions: readonly LogPosition[]): Promise<(LogReply | undefined)[]> {
  const replies = new Map<LogPosition, LogReply>();
  let remaining = positions;
  while (remaining.length > 0) {
    const batch = remaining;
    const batchReplies = await redisService().script(
      readLogs,
      batch.flatMap(({ channel }) => [keys.realtimeHead(channel), keys.realtimeLog(channel)]),
      [
        ...[newEpoch(), ttlSeconds.realtime, MAX_REPLAYED_EVENTS],
        ...batch.flatMap(({ since }) => [since?.epoch ?? "", since?.n ?? 0]),
      ],
      readsSchema,
    );
    for (const [index, position] of batch.entries()) {
      const reply = batchReplies[index];
      if (reply) replies.set(position, reply);
    }
    remaining = batch.filter((position) => replies.get(position)?.[2] === MUST_READ_AGAIN);
  }
  return positions.map((position) => replies.get(position));
}

function toLogRead(reply: LogReply | undefined): LogRead {
  if (!reply) throw new Error("Redis returned no reply for a channel log");
  const [epoch, n, complete, texts] = reply;
  const events = texts.map((text) => decodeValue(text, loggedEventSchema));
  // An invalid entry (of another program) counts as a lost one.
  const isComplete = complete === 1 && events.every(({ success }) => success);
  return { head: { epoch, n }, events: isComplete ? events.flatMap(({ data }) => data ?? []) : null };
}

/** The number of the last published message; null after Redis was emptied. One command. @throws {RedisUnavailableError} */
export const readSequence = (): Promise<number | null> =>
  redisService().get(keys.realtimeSequence, z.coerce.number());

/** Reads the heads of channels; the epoch is "" for a channel without a log. @throws {RedisUnavailableError} */
export async function readLogHeads(channels: readonly Channel[]): Promise<Map<Channel, Cursor>> {
  const heads = new Map<Channel, Cursor>();
  for (let from = 0; from < channels.length; from += MAX_CALL_SIZE) {
    const batch = channels.slice(from, from + MAX_CALL_SIZE);
    const reply = await redisService().script(
      readHeads,
      batch.map(headKey),
      [batch.length, ""],
      cursorsSchema,
    );
    for (const [channel, head] of toHeads(batch, reply)) heads.set(channel, head);
  }
  return heads;
}

/**
 * The same for up to a hundred channels, and the number of the last message at that moment: while it is the last one,
 * the heads are.
 *
 * @param known  heads of all of them at an earlier number, which save the read while it is the last one
 * @throws {RedisUnavailableError}
 */
export async function readNumberedHeads(
  channels: readonly Channel[],
  known: HeadsAt | null,
): Promise<HeadsAt> {
  const scriptKeys = [...channels.map(headKey), keys.realtimeSequence];
  const args = [channels.length, known?.sequence ?? ""];
  const reply = await redisService().script(readHeads, scriptKeys, args, cursorsSchema);
  if (known && reply.length === 1) return known;
  const sequence = reply.at(-1);
  return {
    heads: toHeads(channels, reply.slice(0, -1)),
    sequence: sequence === "" ? null : Number(sequence),
  };
}

/** Heads of channels when this was the number of the last message; null: there was none. */
export interface HeadsAt {
  heads: ReadonlyMap<Channel, Cursor>;
  sequence: number | null;
}

const headKey = (channel: Channel) => keys.realtimeHead(channel);

function toHeads(channels: readonly Channel[], reply: unknown): Map<Channel, Cursor> {
  const cursors = toCursors(reply);
  return new Map(
    channels.flatMap((channel, index) => {
      const head = cursors[index];
      return head ? [[channel, head]] : [];
    }),
  );
}

/** Position in a channel's log: all events of this epoch up to this number. */
export interface Cursor {
  epoch: string;
  n: number;
}

const CURSOR = /^([A-Za-z0-9]{1,32}):(\d{1,15})$/;

/** `epoch:number`, as in URLs and events. */
export function formatCursor({ epoch, n }: Cursor): string {
  return `${epoch}:${n}`;
}

/** Null for an invalid cursor: the subscription then starts from now. */
export function parseCursor(text: string | null | undefined): Cursor | null {
  const [, epoch, n] = CURSOR.exec(text ?? "") ?? [];
  return epoch === undefined ? null : { epoch, n: Number(n) };
}

/** `channel@epoch:number`: a browser sends it back as `Last-Event-ID` after an interruption. */
export function formatEventId(channel: string, cursor: Cursor): string {
  return `${channel}@${formatCursor(cursor)}`;
}

export function parseEventId(text: string | null): { channel: string; cursor: Cursor } | null {
  const at = text?.lastIndexOf("@") ?? -1;
  const cursor = parseCursor(text?.slice(at + 1));
  return text && at > 0 && cursor ? { channel: text.slice(0, at), cursor } : null;
}
