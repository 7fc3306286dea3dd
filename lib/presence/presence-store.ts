import { z } from "zod";
import { keys, redis, redisService, ttlSeconds } from "../redis";
import { idSchema } from "../schemas/id";
import { type PresenceState, presenceStateSchema } from "../schemas/presence";
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

/** Presence in Redis. Each function except `listOnline` and `clearAll` is one call; all throw when Redis does not answer. */

const ONLINE_TTL_MS = ttlSeconds.presenceOnline * 1000;
const OFFLINE_TTL_MS = ttlSeconds.presenceOffline * 1000;
/** Users per sweep; bounds the work of the script. */
const MAX_SWEPT = 100;
/** Members of one command. */
const MAX_MEMBERS = 1_000;
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
  /** Redis' time. */
  atMs: number;
}

const lastSeenSchema = z.int().transform((ms) => (ms > 0 ? ms : null));
const updateReplySchema = z
  .tuple([z.int(), presenceStateSchema, lastSeenSchema, z.int()])
  .transform(([changed, state, lastSeenMs, atMs]): PresenceUpdate => {
    return { changed: changed === 1, state, lastSeenMs, atMs };
  });

const registrationReplySchema = z.union([z.literal(0).transform(() => null), updateReplySchema]);

const presenceKeys = (userId: string) => [
  keys.userSockets(userId),
  keys.userPresence(userId),
  keys.usersOnline,
];

export interface Registration {
  userId: string;
  socketId: string;
  state: "online" | "away";
  /** The stream is registered for that long. */
  ttlMs: number;
  /** The user is present for that long, unless the lease is renewed. */
  leaseMs: number;
  /** Redis' copy of `hides` is used for that long. */
  hidesTtlMs: number;
  /** Null: not read yet; `unknown`: Postgres is unavailable. */
  hides: boolean | "unknown" | null;
}

/** @returns null when `hides` must be read from Postgres first: then nothing has changed */
export async function registerStream({
  userId,
  socketId,
  state,
  ttlMs,
  leaseMs,
  hidesTtlMs,
  hides,
}: Registration): Promise<PresenceUpdate | null> {
  const hidesArg = hides === null ? "" : hides === "unknown" ? "?" : hides ? "1" : "0";
  const args = [
    ...[userId, Math.max(ONLINE_TTL_MS, ttlMs), OFFLINE_TTL_MS],
    ...[socketId, state, ttlMs, hidesTtlMs, hidesArg, leaseMs],
  ];
  return redisService().script(recordPresenceHeartbeat, presenceKeys(userId), args, registrationReplySchema);
}

export async function closeStream(userId: string, socketId: string): Promise<PresenceUpdate> {
  const args = [userId, ONLINE_TTL_MS, OFFLINE_TTL_MS, socketId];
  return redisService().script(closePresence, presenceKeys(userId), args, updateReplySchema);
}

export async function setHides(userId: string, hides: boolean, leaseMs: number): Promise<PresenceUpdate> {
  const args = [userId, ONLINE_TTL_MS, OFFLINE_TTL_MS, hides ? 1 : 0, leaseMs];
  return redisService().script(setPresenceHidden, presenceKeys(userId), args, updateReplySchema);
}

export interface Renewal {
  userIds: readonly string[];
  /** Redis' time. */
  atMs: number;
  leaseMs: number;
  /** Streams whose registration ends soon; it is prolonged by this. */
  registrations: readonly { userId: string; socketId: string }[];
  ttlMs: number;
}

/**
 * Renews the leases of users who have one, however many, with one command for each thousand; two more commands look for
 * users whose lease has ended, and three prolong a registration.
 *
 * @returns how many leases were renewed, and users whose lease has ended
 */
export async function renewLeases({ userIds, atMs, leaseMs, registrations, ttlMs }: Renewal) {
  const batches = Array.from({ length: Math.ceil(userIds.length / MAX_MEMBERS) }, (_, at) =>
    userIds.slice(at * MAX_MEMBERS, (at + 1) * MAX_MEMBERS),
  );
  const [expired, renewed] = await redisService().pipeline((p) => {
    const counts = batches.map((batch) =>
      p.zaddExisting(keys.usersOnline, ...batch.map((member) => ({ member, score: atMs + leaseMs }))),
    );
    const prolonged = registrations.flatMap(({ userId, socketId }) => [
      p.zaddExisting(keys.userSockets(userId), { member: socketId, score: atMs + ttlMs }),
      p.expire(keys.userSockets(userId), ttlSeconds.userSockets),
      p.expire(keys.userPresence(userId), ttlSeconds.presenceOnline),
    ]);
    const ended = p.zrangebyscore(keys.usersOnline, 0, atMs, z.string(), { limit: MAX_SWEPT });
    return [ended, Promise.all(counts), Promise.all(prolonged)];
  });
  return { expired, renewedCount: renewed.reduce((sum, count) => sum + count, 0) };
}

/** Those of some users who have a lease, also one that has just ended. */
export async function findLeased(userIds: readonly string[]): Promise<Set<string>> {
  const scores = await redisService().zmscore(keys.usersOnline, ...userIds);
  return new Set(userIds.filter((_, index) => scores[index] !== null));
}

const sweepReplySchema = z.array(z.union([z.string(), z.int()]));

/** Removes those of some users whose lease has ended. @returns them; each user is returned to one caller only */
export async function sweep(
  userIds: readonly string[],
  leaseMs: number,
): Promise<{ userId: string; lastSeenMs: number }[]> {
  if (userIds.length === 0) return [];
  const flat = await redisService().script(
    sweepPresence,
    [keys.usersOnline, ...userIds.flatMap((id) => [keys.userPresence(id), keys.userSockets(id)])],
    [OFFLINE_TTL_MS, leaseMs, ...userIds],
    sweepReplySchema,
  );
  return toPairs(flat).map(([id, at]) => ({ userId: String(id), lastSeenMs: Number(at) }));
}

/** Records that browsers answered heartbeats of streams of other instances, which read it there. */
export async function recordAnswers(
  socketIds: readonly string[],
  { atMs, deleteBeforeMs }: { atMs: number; deleteBeforeMs: number | null },
): Promise<void> {
  await redisService().pipeline((p) => [
    p.zadd(keys.streamAnswers, ...socketIds.map((member) => ({ member, score: atMs }))),
    ...(deleteBeforeMs === null ? [] : [p.zremrangebyscore(keys.streamAnswers, 0, deleteBeforeMs)]),
  ]);
}

/** When the browser of each stream last answered another instance (ms); null for never. */
export function readAnswers(socketIds: readonly string[]): Promise<(number | null)[]> {
  return redisService().zmscore(keys.streamAnswers, ...socketIds);
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
