import { z } from "zod";
import { now } from "../core/clock";
import { keys, redis, runScript, ttlSeconds } from "../redis";
import type { Entry } from "./envelope";
import type { Targets } from "./memory";
import { dropEntries, fillEntry, keepLease, putEntry, readOrLease } from "./scripts";

/**
 * The cache in Redis (L2): each function is one HTTP call.
 * All throw when Redis does not answer, or answers with an error; what was asked for may still have been done.
 */

/**
 * How long a loader may be silent. A living one renews its lease, so this is only how long others wait
 * for one that was killed.
 */
export const LEASE_MS = 3_000;
/** Nobody renews a lease longer than this: a loader that hangs must not keep the key for ever. */
export const LONGEST_LOAD_MS = 30_000;
/** When an entry has lived this part of its TTL, one reader loads it anew while all go on reading it. */
const REFRESH_EARLY_AT = 0.8;

interface ReadOptions {
  /** A random token, with which the lease is taken if the entry must be loaded. */
  token: string;
  /** The entry that is in this process's memory: not sent again. */
  has: Entry | undefined;
  /** Id of an entry that was read and cannot be used: counts as missing. */
  unusable: string | undefined;
  tags: readonly string[];
  /** Longest life of what will be stored. */
  lifeMs: number;
}

export interface Read {
  /** Redis surely knows of every invalidation that is older than a few seconds. */
  told: boolean;
  /** The caller holds the lease now: it should load. */
  leased: boolean;
  /** Envelope; `same`: the one the caller has; null: none. */
  found: unknown | "same" | null;
}

const flag = z.union([z.literal(0), z.literal(1)]);
const readSchema = z.tuple([flag, flag, z.union([z.literal(0), z.literal(1), z.literal(2)]), z.unknown()]);

/** Reads an entry; when there is none, or it is due for a refresh, takes the lease if nobody has it. */
export async function read(member: string, options: ReadOptions): Promise<Read> {
  const { token, has, unusable, tags, lifeMs } = options;
  const answer = await runScript(
    readOrLease,
    [keys.cacheEntry(member), keys.cacheLease(member), keys.cacheTold, ...tags.map(keys.cacheTag)],
    [
      token,
      LEASE_MS,
      now(),
      has?.id ?? "",
      unusable ?? "",
      REFRESH_EARLY_AT,
      member,
      lifeMs + LONGEST_LOAD_MS + LEASE_MS,
    ],
  );
  const [told, leased, state, envelope] = readSchema.parse(answer);
  return {
    told: told === 1,
    leased: leased === 1,
    found: state === 2 ? "same" : state === 1 ? envelope : null,
  };
}

/** Envelopes of many entries, null where there is none. One command. */
export async function readMany(members: readonly string[]): Promise<{ told: boolean; found: unknown[] }> {
  const [told, ...found] = await redis().mget<unknown[]>(keys.cacheTold, ...members.map(keys.cacheEntry));
  return { told: told !== null, found };
}

/**
 * Stores what was loaded under a lease and ends the lease.
 * @returns false when the lease was revoked by an invalidation, or ran out: nothing was stored
 */
export async function fill(member: string, token: string, text: string, entry: Entry): Promise<boolean> {
  const lease = [keys.cacheEntry(member), keys.cacheLease(member)];
  return (await runScript(fillEntry, lease, [token, text, leftMs(entry)])) === 1;
}

/** Removes the entry and ends the lease: the loader found nothing to cache. */
export async function fillNothing(member: string, token: string): Promise<void> {
  await runScript(fillEntry, [keys.cacheEntry(member), keys.cacheLease(member)], [token, "", 0]);
}

/** Prolongs a lease, unless it was lost. */
export async function renew(member: string, token: string): Promise<void> {
  await runScript(keepLease, [keys.cacheLease(member)], [token, LEASE_MS]);
}

/** Gives a lease back without having stored anything. */
export async function release(member: string, token: string): Promise<void> {
  await runScript(keepLease, [keys.cacheLease(member)], [token, 0]);
}

/** Stores an entry whatever was there and revokes the lease on it. */
export async function put(member: string, text: string, entry: Entry): Promise<void> {
  await runScript(
    putEntry,
    [keys.cacheEntry(member), keys.cacheLease(member), ...entry.tags.map(keys.cacheTag)],
    [text, leftMs(entry), member],
  );
}

/** Removes entries and revokes leases. */
export async function drop({ members, tags }: Targets): Promise<void> {
  const prefixes = [keys.cacheEntry(""), keys.cacheLease("")];
  await runScript(dropEntries, tags.map(keys.cacheTag), [...prefixes, ...members]);
}

/** Says that Redis knows of every invalidation up to now. */
export async function markTold(): Promise<void> {
  await redis().set(keys.cacheTold, 1, { ex: ttlSeconds.cacheTold });
}

/** How long an entry may still be served; Redis takes no TTL of 0. */
function leftMs(entry: Entry): number {
  return Math.max(1, entry.createdMs + entry.ttlMs + entry.swrMs - now());
}
