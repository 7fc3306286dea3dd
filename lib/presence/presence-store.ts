import { z } from "zod";
import { keys, redis, redisService, ttlSeconds } from "../redis";
import { idSchema } from "../schemas/id";
import { type PresenceState, presenceStateSchema } from "../schemas/presence";
import {
  closePresence,
  countOnlineUsers,
  deletePresences,
  findExpiredUsers,
  listOnlineUsers,
  readPresences,
  recordPresenceHeartbeat,
  setPresenceHidden,
  sweepPresence,
} from "./scripts";

/**
 * Presence in Redis. Each function except `sweepExpired`, `listOnline` and `clearAll` is one call; all throw when Redis does not
 * answer.
 */

const ONLINE_TTL_MS = ttlSeconds.presenceOnline * 1000;
const OFFLINE_TTL_MS = ttlSeconds.presenceOffline * 1000;
/** Users per sweep; bounds the work of the script. */
const MAX_SWEPT = 100;
/** Users per call of {@link listOnline}; about a millisecond of Redis. */
const MAX_LISTED = 2_000;
/** Keys or users per step of {@link clearAll}. */
const CLEAR_BATCH_SIZE = 500;

/** A user's presence as other users see it. */
export interface PresenceSnapshot {
  state: PresenceState;
  /** Ms; null when unknown or hidden. */
  lastSeenMs: number | null;
}

export interface PresenceUpdate extends PresenceSnapshot {
  /** The state differs from the last published one: the caller must publish it. */
  changed: boolean;
  /** Ms until the first of all present users expires without another heartbeat; null when no user is present. */
  nextInMs: number | null;
}

const lastSeenSchema = z.int().transform((ms) => (ms > 0 ? ms : null));
const nextExpirySchema = z.int().transform((ms) => (ms < 0 ? null : ms));
const updateReplySchema = z
  .tuple([z.int(), presenceStateSchema, lastSeenSchema, nextExpirySchema])
  .transform(([changed, state, lastSeenMs, nextInMs]): PresenceUpdate => {
    return { changed: changed === 1, state, lastSeenMs, nextInMs };
  });

const heartbeatReplySchema = z.union([z.literal(0).transform(() => null), updateReplySchema]);

const presenceKeys = (userId: string) => [
  keys.userSockets(userId),
  keys.userPresence(userId),
  keys.usersOnline,
];

export interface Heartbeat {
  userId: string;
  socketId: string;
  state: "online" | "away";
  /** The stream expires that long after this heartbeat. */
  ttlMs: number;
  /** Redis' copy of `hides` is used for that long. */
  hidesTtlMs: number;
  /** Null: not read yet; `unknown`: Postgres is unavailable. */
  hides: boolean | "unknown" | null;
}

/** @returns null when `hides` must be read from Postgres first: then nothing has changed */
export async function recordHeartbeat({
  userId,
  socketId,
  state,
  ttlMs,
  hidesTtlMs,
  hides,
}: Heartbeat): Promise<PresenceUpdate | null> {
  const hidesArg = hides === null ? "" : hides === "unknown" ? "?" : hides ? "1" : "0";
  const args = [
    ...[userId, Math.max(ONLINE_TTL_MS, ttlMs), OFFLINE_TTL_MS],
    ...[socketId, state, ttlMs, hidesTtlMs, hidesArg],
  ];
  return redisService().script(recordPresenceHeartbeat, presenceKeys(userId), args, heartbeatReplySchema);
}

export async function closeStream(userId: string, socketId: string): Promise<PresenceUpdate> {
  const args = [userId, ONLINE_TTL_MS, OFFLINE_TTL_MS, socketId];
  return redisService().script(closePresence, presenceKeys(userId), args, updateReplySchema);
}

export async function setHides(userId: string, hides: boolean): Promise<PresenceUpdate> {
  const args = [userId, ONLINE_TTL_MS, OFFLINE_TTL_MS, hides ? 1 : 0];
  return redisService().script(setPresenceHidden, presenceKeys(userId), args, updateReplySchema);
}

export interface SweepResult {
  nextInMs: number | null;
  expired: { userId: string; lastSeenMs: number }[];
}

const sweepReplySchema = z.tuple([nextExpirySchema], z.union([z.string(), z.int()]));
const expiredReplySchema = z.tuple([nextExpirySchema], z.string());

/** One call when no user has expired, else two. */
export async function sweepExpired(ttlMs: number): Promise<SweepResult> {
  const [nextInMs, ...userIds] = await redisService().script(
    findExpiredUsers,
    [keys.usersOnline],
    [MAX_SWEPT],
    expiredReplySchema,
  );
  if (userIds.length === 0) return { nextInMs, expired: [] };
  const [nextAfterMs, ...flat] = await redisService().script(
    sweepPresence,
    [keys.usersOnline, ...userIds.flatMap((id) => [keys.userPresence(id), keys.userSockets(id)])],
    [OFFLINE_TTL_MS, ttlMs, ...userIds],
    sweepReplySchema,
  );
  return {
    nextInMs: nextAfterMs,
    expired: toPairs(flat).map(([id, at]) => ({ userId: String(id), lastSeenMs: Number(at) })),
  };
}

const snapshotsReplySchema = z.tuple([z.int()], z.union([presenceStateSchema, z.int()]));

/** @returns the snapshots in the order of the ids, and the number of all present users */
export async function readSnapshots(
  userIds: readonly string[],
  ttlMs: number,
): Promise<{ snapshots: PresenceSnapshot[]; onlineCount: number }> {
  if (userIds.length === 0) return { snapshots: [], onlineCount: await countOnline() };
  const [onlineCount, ...flat] = await redisService().script(
    readPresences,
    [keys.usersOnline, ...userIds.map((id) => keys.userPresence(id))],
    [ttlMs, ...userIds],
    snapshotsReplySchema,
  );
  const snapshots = toPairs(flat).map(([state, at]) => ({
    state: presenceStateSchema.parse(state),
    lastSeenMs: lastSeenSchema.parse(at),
  }));
  return { snapshots, onlineCount };
}

/**
 * The first to expire first. A page begins with the expiry that the page before ended with: a user whose heartbeat moves
 * them to the end meanwhile passes over no other user.
 */
export async function listOnline(): Promise<string[]> {
  const users = new Set<string>();
  let expiry = "0";
  let limit = MAX_LISTED;
  for (;;) {
    const page = toPairs(
      await redisService().script(listOnlineUsers, [keys.usersOnline], [expiry, limit], z.array(z.string())),
    );
    for (const [id] of page) users.add(id);
    const last = page.at(-1)?.[1];
    if (last === undefined || page.length < limit) return [...users];
    // More users than a page have one expiry.
    limit = last === expiry ? limit * 2 : MAX_LISTED;
    expiry = last;
  }
}

export async function countOnline(): Promise<number> {
  return redisService().script(countOnlineUsers, [keys.usersOnline], [], z.int());
}

/** @returns the users who were present */
export async function deleteUsers(userIds: readonly string[]): Promise<string[]> {
  if (userIds.length === 0) return [];
  const userKeys = userIds.flatMap((id) => [keys.userSockets(id), keys.userPresence(id)]);
  const scriptKeys = [keys.usersOnline, ...userKeys];
  return redisService().script(deletePresences, scriptKeys, userIds, z.array(z.string()));
}

/** Deletes all presence. Scans all keys: for maintenance. @returns the users who were present */
export async function clearAll(): Promise<string[]> {
  const foundIds = new Set(await listOnline());
  for (const prefix of [keys.userPresence(""), keys.userSockets("")]) {
    let cursor = "0";
    do {
      const [next, found] = await redis().scan(cursor, { match: `${prefix}*`, count: CLEAR_BATCH_SIZE });
      cursor = String(next);
      for (const key of found) {
        const id = idSchema.safeParse(key.slice(prefix.length));
        if (id.success) foundIds.add(id.data);
      }
    } while (cursor !== "0");
  }
  const userIds = [...foundIds];
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
