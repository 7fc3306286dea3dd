import { z } from "zod";
import { idSchema } from "../core/ids";
import { keys, redis, runScript, ttlSeconds } from "../redis";
import { type PresenceState, stateSchema } from "./presence-state";
import {
  beatPresence,
  closePresence,
  countPresent,
  forgetPresence,
  hidePresence,
  listPresent,
  readPresences,
  sweepPresence,
} from "./scripts";

/** Presence in Redis. Each function but the last is one call; all throw when Redis does not answer. */

const HERE_MS = ttlSeconds.presenceOnline * 1000;
const GONE_MS = ttlSeconds.presenceOffline * 1000;
/** Of one sweep: a script's work is bounded. */
const MOST_SWEPT = 100;
/** Of one step of {@link clear}. */
const MOST_CLEARED = 500;

/** What others see of somebody. */
export interface Seen {
  state: PresenceState;
  /** Ms; null: not known, or nobody's business. */
  lastSeenMs: number | null;
}

export interface Step extends Seen {
  /** Another state than was said last: whoever gets this says it. */
  changed: boolean;
  /** Until somebody expires unless they are heard of; null: nobody is here. */
  nextInMs: number | null;
}

const since = z.int().transform((ms) => (ms > 0 ? ms : null));
const next = z.int().transform((ms) => (ms < 0 ? null : ms));
const stepSchema = z
  .tuple([z.int(), stateSchema, since, next])
  .transform(([changed, state, lastSeenMs, nextInMs]): Step => {
    return { changed: changed === 1, state, lastSeenMs, nextInMs };
  });

const keysOf = (userId: string) => [keys.userSockets(userId), keys.userPresence(userId), keys.usersOnline];

export interface Beat {
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
export async function beat({
  userId,
  socketId,
  state,
  ttlMs,
  believedMs,
  hides,
}: Beat): Promise<Step | null> {
  const asked = hides === null ? "" : hides === "unknown" ? "?" : hides ? "1" : "0";
  const answer = await runScript(beatPresence, keysOf(userId), [
    ...[userId, Math.max(HERE_MS, ttlMs), GONE_MS],
    ...[socketId, state, ttlMs, believedMs, asked],
  ]);
  return answer === 0 ? null : stepSchema.parse(answer);
}

export async function close(userId: string, socketId: string): Promise<Step> {
  return stepSchema.parse(
    await runScript(closePresence, keysOf(userId), [userId, HERE_MS, GONE_MS, socketId]),
  );
}

export async function hide(userId: string, hides: boolean): Promise<Step> {
  return stepSchema.parse(
    await runScript(hidePresence, keysOf(userId), [userId, HERE_MS, GONE_MS, hides ? 1 : 0]),
  );
}

export interface Swept {
  nextInMs: number | null;
  expired: { userId: string; lastSeenMs: number }[];
}

const sweptSchema = z.tuple([next], z.union([z.string(), z.int()]));

export async function sweep(ttlMs: number): Promise<Swept> {
  const [nextInMs, ...flat] = sweptSchema.parse(
    await runScript(
      sweepPresence,
      [keys.usersOnline],
      [MOST_SWEPT, GONE_MS, ttlMs, keys.userPresence(""), keys.userSockets("")],
    ),
  );
  return {
    nextInMs,
    expired: pairsOf(flat).map(([id, at]) => ({ userId: String(id), lastSeenMs: Number(at) })),
  };
}

const readSchema = z.tuple([z.int()], z.union([stateSchema, z.int()]));

/** @returns in the order of the ids, and how many people are here in all */
export async function read(
  userIds: readonly string[],
  ttlMs: number,
): Promise<{ people: Seen[]; onlineCount: number }> {
  if (userIds.length === 0) return { people: [], onlineCount: await count() };
  const [onlineCount, ...flat] = readSchema.parse(
    await runScript(
      readPresences,
      [keys.usersOnline, ...userIds.map((id) => keys.userPresence(id))],
      [ttlMs, ...userIds],
    ),
  );
  const people = pairsOf(flat).map(([state, at]) => ({
    state: stateSchema.parse(state),
    lastSeenMs: since.parse(at),
  }));
  return { people, onlineCount };
}

export async function list(): Promise<string[]> {
  return z.array(z.string()).parse(await runScript(listPresent, [keys.usersOnline], []));
}

export async function count(): Promise<number> {
  return z.int().parse(await runScript(countPresent, [keys.usersOnline], []));
}

/** @returns those who were here */
export async function forget(userIds: readonly string[]): Promise<string[]> {
  if (userIds.length === 0) return [];
  const people = userIds.flatMap((id) => [keys.userSockets(id), keys.userPresence(id)]);
  return z.array(z.string()).parse(await runScript(forgetPresence, [keys.usersOnline, ...people], userIds));
}

/** Forgets everybody. Looks through all keys, so it is for maintenance. @returns those who were here */
export async function clear(): Promise<string[]> {
  const people = new Set(await list());
  for (const prefix of [keys.userPresence(""), keys.userSockets("")]) {
    let cursor = "0";
    do {
      const [after, found] = await redis().scan(cursor, { match: `${prefix}*`, count: MOST_CLEARED });
      cursor = String(after);
      for (const key of found) {
        const id = idSchema.safeParse(key.slice(prefix.length));
        if (id.success) people.add(id.data);
      }
    } while (cursor !== "0");
  }
  const all = [...people];
  const gone: string[] = [];
  for (let from = 0; from < all.length; from += MOST_CLEARED) {
    gone.push(...(await forget(all.slice(from, from + MOST_CLEARED))));
  }
  return gone;
}

function pairsOf<T>(flat: readonly T[]): [T, T][] {
  const pairs: [T, T][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i] as T, flat[i + 1] as T]);
  return pairs;
}
