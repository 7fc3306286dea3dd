import { z } from "zod";
import { idSchema } from "../core/ids";
import { keys, redis, runScript, ttlSeconds } from "../redis";
import { type PresenceState, stateSchema } from "./presence-state";
import {
  closePresence,
  countOnlineUsers,
  deletePresences,
  listOnlineUsers,
  readPresences,
  recordPresenceHeartbeat,
  setPresenceHidden,
  sweepPresence,
} from "./scripts";

/** Presence in Redis. Each function but the last is one call; all throw when Redis does not answer. */

const ONLINE_TTL_MS = ttlSeconds.presenceOnline * 1000;
const OFFLINE_TTL_MS = ttlSeconds.presenceOffline * 1000;
/** Of one sweep: a script's work is bounded. */
const MAX_SWEPT = 100;
/** Of one step of {@link clearAll}. */
const CLEAR_BATCH_SIZE = 500;

/** What others see of somebody. */
export interface PresenceSnapshot {
  state: PresenceState;
  /** Ms; null: not known, or nobody's business. */
  lastSeenMs: number | null;
}

export interface PresenceUpdate extends PresenceSnapshot {
  /** Another state than was said last: whoever gets this says it. */
  changed: boolean;
  /** Until somebody expires unless they are heard of; null: nobody is here. */
  nextInMs: number | null;
}

const lastSeenSchema = z.int().transform((ms) => (ms > 0 ? ms : null));
const nextExpirySchema = z.int().transform((ms) => (ms < 0 ? null : ms));
const updateReplySchema = z
  .tuple([z.int(), stateSchema, lastSeenSchema, nextExpirySchema])
  .transform(([changed, state, lastSeenMs, nextInMs]): PresenceUpdate => {
    return { changed: changed === 1, state, lastSeenMs, nextInMs };
  });

const presenceKeys = (userId: string) => [
  keys.userSockets(userId),
  keys.userPresence(userId),
  keys.usersOnline,
];

export interface Heartbeat {
  userId: string;
  socketId: string;
  state: "online" | "away";
  /** How long the stream is there after this. */
  ttlMs: number;
  /** For how long it is believed whether they hide. */
  believedMs: number;
  /** Null: not asked; `unknown`: nobody can say. */
  hides: boolean | "unknown" | null;
}

/** @returns null when it must be asked whether they hide: nothing has happened then */
export async function recordHeartbeat({
  userId,
  socketId,
  state,
  ttlMs,
  believedMs,
  hides,
}: Heartbeat): Promise<PresenceUpdate | null> {
  const hidesArg = hides === null ? "" : hides === "unknown" ? "?" : hides ? "1" : "0";
  const reply = await runScript(recordPresenceHeartbeat, presenceKeys(userId), [
    ...[userId, Math.max(ONLINE_TTL_MS, ttlMs), OFFLINE_TTL_MS],
    ...[socketId, state, ttlMs, believedMs, hidesArg],
  ]);
  return reply === 0 ? null : updateReplySchema.parse(reply);
}

export async function closeStream(userId: string, socketId: string): Promise<PresenceUpdate> {
  return updateReplySchema.parse(
    await runScript(closePresence, presenceKeys(userId), [userId, ONLINE_TTL_MS, OFFLINE_TTL_MS, socketId]),
  );
}

export async function setHides(userId: string, hides: boolean): Promise<PresenceUpdate> {
  return updateReplySchema.parse(
    await runScript(setPresenceHidden, presenceKeys(userId), [
      userId,
      ONLINE_TTL_MS,
      OFFLINE_TTL_MS,
      hides ? 1 : 0,
    ]),
  );
}

export interface SweepResult {
  nextInMs: number | null;
  expired: { userId: string; lastSeenMs: number }[];
}

const sweepReplySchema = z.tuple([nextExpirySchema], z.union([z.string(), z.int()]));

export async function sweepExpired(ttlMs: number): Promise<SweepResult> {
  const [nextInMs, ...flat] = sweepReplySchema.parse(
    await runScript(
      sweepPresence,
      [keys.usersOnline],
      [MAX_SWEPT, OFFLINE_TTL_MS, ttlMs, keys.userPresence(""), keys.userSockets("")],
    ),
  );
  return {
    nextInMs,
    expired: toPairs(flat).map(([id, at]) => ({ userId: String(id), lastSeenMs: Number(at) })),
  };
}

const snapshotsReplySchema = z.tuple([z.int()], z.union([stateSchema, z.int()]));

/** @returns in the order of the ids, and how many people are here in all */
export async function readSnapshots(
  userIds: readonly string[],
  ttlMs: number,
): Promise<{ people: PresenceSnapshot[]; onlineCount: number }> {
  if (userIds.length === 0) return { people: [], onlineCount: await countOnline() };
  const [onlineCount, ...flat] = snapshotsReplySchema.parse(
    await runScript(
      readPresences,
      [keys.usersOnline, ...userIds.map((id) => keys.userPresence(id))],
      [ttlMs, ...userIds],
    ),
  );
  const people = toPairs(flat).map(([state, at]) => ({
    state: stateSchema.parse(state),
    lastSeenMs: lastSeenSchema.parse(at),
  }));
  return { people, onlineCount };
}

export async function listOnline(): Promise<string[]> {
  return z.array(z.string()).parse(await runScript(listOnlineUsers, [keys.usersOnline], []));
}

export async function countOnline(): Promise<number> {
  return z.int().parse(await runScript(countOnlineUsers, [keys.usersOnline], []));
}

/** @returns those who were here */
export async function deleteUsers(userIds: readonly string[]): Promise<string[]> {
  if (userIds.length === 0) return [];
  const people = userIds.flatMap((id) => [keys.userSockets(id), keys.userPresence(id)]);
  return z.array(z.string()).parse(await runScript(deletePresences, [keys.usersOnline, ...people], userIds));
}

/** Forgets everybody. Looks through all keys, so it is for maintenance. @returns those who were here */
export async function clearAll(): Promise<string[]> {
  const people = new Set(await listOnline());
  for (const prefix of [keys.userPresence(""), keys.userSockets("")]) {
    let cursor = "0";
    do {
      const [after, found] = await redis().scan(cursor, { match: `${prefix}*`, count: CLEAR_BATCH_SIZE });
      cursor = String(after);
      for (const key of found) {
        const id = idSchema.safeParse(key.slice(prefix.length));
        if (id.success) people.add(id.data);
      }
    } while (cursor !== "0");
  }
  const userIds = [...people];
  const removed: string[] = [];
  for (let from = 0; from < userIds.length; from += CLEAR_BATCH_SIZE) {
    removed.push(...(await deleteUsers(userIds.slice(from, from + CLEAR_BATCH_SIZE))));
  }
  return removed;
}

function toPairs<T>(flat: readonly T[]): [T, T][] {
  const pairs: [T, T][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i] as T, flat[i + 1] as T]);
  return pairs;
}
