import { z } from "zod";
import { now } from "../core/clock";
import { keys, redis, runScript, ttlSeconds } from "../redis";
import type { Entry } from "./envelope";
import type { InvalidationTargets } from "./memory";
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
export const MAX_LOAD_MS = 30_000;
/** When an entry has lived this part of its TTL, one reader loads it anew while all go on reading it. */
const EARLY_REFRESH_TTL_RATIO = 0.8;

interface ReadOptions {
  /** A random token, with which the lease is taken if the entry must be loaded. */
  token: string;
  /** The entry that is in this process's memory: not sent again. */
  localEntry: Entry | undefined;
  /** Id of an entry that was read and cannot be used: counts as missing. */
  unusableId: string | undefined;
  tags: readonly string[];
  /** Longest life of what will be stored. */
  maxLifetimeMs: number;
}

export interface ReadResult {
  /** Redis surely knows of every invalidation that is older than a few seconds. */
  hasTrustLease: boolean;
  /** The caller holds the lease now: it should load. */
  leased: boolean;
  /** Envelope; `same`: the one the caller has; null: none. */
  found: unknown | "same" | null;
}

const flagSchema = z.union([z.literal(0), z.literal(1)]);
const readSchema = z.tuple([
  flagSchema,
  flagSchema,
  z.union([z.literal(0), z.literal(1), z.literal(2)]),
  z.unknown(),
]);

/** Reads an entry; when there is none, or it is due for a refresh, takes the lease if nobody has it. */
export async function read(member: string, options: ReadOptions): Promise<ReadResult> {
  const { token, localEntry, unusableId, tags, maxLifetimeMs } = options;
  const reply = await runScript(
    readOrLease,
    [keys.cacheEntry(member), keys.cacheLease(member), keys.cacheTrustLease, ...tags.map(keys.cacheTag)],
    [
      token,
      LEASE_MS,
      now(),
      localEntry?.id ?? "",
      unusableId ?? "",
      EARLY_REFRESH_TTL_RATIO,
      member,
      maxLifetimeMs + MAX_LOAD_MS + LEASE_MS,
    ],
  );
  const [trustFlag, leased, state, envelope] = readSchema.parse(reply);
  return {
    hasTrustLease: trustFlag === 1,
    leased: leased === 1,
    found: state === 2 ? "same" : state === 1 ? envelope : null,
  };
}

/** Envelopes of many entries, null where there is none. One command. */
export async function readMany(members: readonly string[]): Promise<{ told: boolean; found: unknown[] }> {
  const [trustLease, ...found] = await redis().mget<unknown[]>(
    keys.cacheTrustLease,
    ...members.map(keys.cacheEntry),
  );
  return { told: trustLease !== null, found };
}

/**
 * Stores what was loaded under a lease and ends the lease.
 * @returns false when the lease was revoked by an invalidation, or ran out: nothing was stored
 */
export async function fill(member: string, token: string, text: string, entry: Entry): Promise<boolean> {
  const lease = [keys.cacheEntry(member), keys.cacheLease(member)];
  return (await runScript(fillEntry, lease, [token, text, remainingTtlMs(entry)])) === 1;
}

/** Removes the entry and ends the lease: the loader found nothing to cache. */
export async function fillEmpty(member: string, token: string): Promise<void> {
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
    [text, remainingTtlMs(entry), member],
  );
}

/** Removes entries and revokes leases. */
export async function invalidate({ members, tags }: InvalidationTargets): Promise<void> {
  const prefixes = [keys.cacheEntry(""), keys.cacheLease("")];
  await runScript(dropEntries, tags.map(keys.cacheTag), [...prefixes, ...members]);
}

/** Says that Redis knows of every invalidation up to now. */
export async function renewTrustLease(): Promise<void> {
  await redis().set(keys.cacheTrustLease, 1, { ex: ttlSeconds.cacheTrustLease });
}

/** How long an entry may still be served; Redis takes no TTL of 0. */
function remainingTtlMs(entry: Entry): number {
  return Math.max(1, entry.createdMs + entry.ttlMs + entry.swrMs - now());
}
