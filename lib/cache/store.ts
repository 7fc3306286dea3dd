import { z } from "zod";
import { now } from "../core/clock";
import { keys, redis, redisService, ttlSeconds } from "../redis";
import type { Entry, InvalidationTargets } from "./memory";
import { dropEntries, fillEntry, keepLease, putEntry, readOrLease } from "./scripts";
import { ownEntryKey } from "./validation";

/**
 * The cache in Redis (L2): each function is one HTTP call. All throw when Redis does not answer or answers with an
 * error; the outcome is then unknown.
 */

/**
 * TTL of a load lease. A running loader renews it, so this is only how long waiters wait for a process that was
 * killed.
 */
export const LEASE_MS = 3_000;
/** A lease is not renewed for longer than this: a hanging loader must not block its key permanently. */
export const MAX_LOAD_MS = 30_000;
/** After this fraction of the TTL one reader refreshes the entry while all keep reading it. */
const EARLY_REFRESH_TTL_RATIO = 0.8;

const entryKeyOf = (member: string): string => ownEntryKey(member) ?? keys.cacheEntry(member);

interface ReadOptions {
  /** Random token of the lease that is taken if the entry must be loaded. */
  token: string;
  /** The entry in this process's memory; Redis does not send it again. */
  localEntry: Entry | undefined;
  /** Id of an entry that could not be decoded; it counts as missing. */
  unusableId: string | undefined;
  tags: readonly string[];
  /** Longest lifetime of the entry that may be stored. */
  maxLifetimeMs: number;
}

export interface ReadResult {
  /** Redis has applied every invalidation that is older than the TTL of the trust lease. */
  hasTrustLease: boolean;
  /** The caller got the load lease and must load. */
  leased: boolean;
  /** Redis has the entry that the caller has, and did not send it again. */
  unchanged: boolean;
  /** The envelope's text; null for none. */
  found: string | null;
}

const flagSchema = z.union([z.literal(0), z.literal(1)]);
const readSchema = z.tuple([
  flagSchema,
  flagSchema,
  z.union([z.literal(0), z.literal(1), z.literal(2)]),
  z.string(),
]);
const envelopesSchema = z.tuple([z.string().nullable()], z.string().nullable());

/** Reads an entry; when it is missing or due for a refresh, takes the load lease if it is free. */
export async function read(member: string, options: ReadOptions): Promise<ReadResult> {
  const { token, localEntry, unusableId, tags, maxLifetimeMs } = options;
  const [trustFlag, leased, state, text] = await redisService().script(
    readOrLease,
    [entryKeyOf(member), keys.cacheLease(member), keys.cacheTrustLease, ...tags.map(keys.cacheTag)],
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
    readSchema,
  );
  return {
    hasTrustLease: trustFlag === 1,
    leased: leased === 1,
    unchanged: state === 2,
    found: state === 1 ? text : null,
  };
}

/** Reads the envelopes of many entries, null for a missing one. One command. */
export async function readMany(
  members: readonly string[],
): Promise<{ hasTrustLease: boolean; found: (string | null)[] }> {
  const reply = await redis().send(["MGET", keys.cacheTrustLease, ...members.map(entryKeyOf)]);
  const [trustLease, ...found] = envelopesSchema.parse(reply);
  return { hasTrustLease: trustLease !== null, found };
}

/**
 * Stores a loaded value and ends the load lease.
 * @returns false when the lease was revoked by an invalidation or has expired: nothing was stored
 */
export async function fill(member: string, token: string, text: string, entry: Entry): Promise<boolean> {
  const lease = [entryKeyOf(member), keys.cacheLease(member)];
  const args = [token, text, remainingTtlMs(entry)];
  return (await redisService().script(fillEntry, lease, args, flagSchema)) === 1;
}

/** Removes the entry and ends the lease, for a loader that found nothing to cache. */
export async function fillEmpty(member: string, token: string): Promise<void> {
  const lease = [entryKeyOf(member), keys.cacheLease(member)];
  await redisService().script(fillEntry, lease, [token, "", 0], flagSchema);
}

/** Renews a lease, unless it was lost. */
export async function renew(member: string, token: string): Promise<void> {
  await redisService().script(keepLease, [keys.cacheLease(member)], [token, LEASE_MS], flagSchema);
}

/** Releases a lease without storing a value. */
export async function release(member: string, token: string): Promise<void> {
  await redisService().script(keepLease, [keys.cacheLease(member)], [token, 0], flagSchema);
}

/** Stores an entry, overwriting the old one, and revokes its load lease. */
export async function put(member: string, text: string, entry: Entry): Promise<void> {
  await redisService().script(
    putEntry,
    [entryKeyOf(member), keys.cacheLease(member), ...entry.tags.map(keys.cacheTag)],
    [text, remainingTtlMs(entry), member],
    flagSchema,
  );
}

/** Members of one script call, and of one read of a tag; bounds how long either occupies Redis. */
const MAX_DROPPED = 500;
/** Removals from tags in one script call: each member is removed from each tag. */
const MAX_TAG_REMOVALS = 2_500;

/**
 * Removes entries and revokes their load leases: one call for members, two for tags, more for large ones.
 *
 * A member that gets a tag after the tag was read here began to load after the change that is invalidated, which has
 * committed: it needs no invalidation, and it stays in the tag for the next one.
 */
export async function invalidate({ members, tags }: InvalidationTargets): Promise<void> {
  const pending = [...members];
  const readTags = new Set(tags);
  do {
    for (const found of await readTagMembers([...readTags], readTags)) pending.push(...found);
    const distinct = [...new Set(pending.splice(0))];
    await dropMembers(distinct, tags);
  } while (readTags.size > 0);
}

/** The next members of each tag; removes from `remaining` the tags that have no more. */
async function readTagMembers(tags: readonly string[], remaining: Set<string>): Promise<string[][]> {
  const found = await redisService().pipeline((p) =>
    tags.map((tag) => p.zrange(keys.cacheTag(tag), 0, MAX_DROPPED - 1, z.string())),
  );
  for (const [index, tag] of tags.entries())
    if ((found[index]?.length ?? 0) < MAX_DROPPED) remaining.delete(tag);
  return found;
}

/** One request for each 500 members; with many tags, of several calls. */
async function dropMembers(members: readonly string[], tags: readonly string[]): Promise<void> {
  const size = Math.max(1, Math.min(MAX_DROPPED, Math.floor(MAX_TAG_REMOVALS / Math.max(1, tags.length))));
  for (let from = 0; from < members.length; from += MAX_DROPPED) {
    const batch = members.slice(from, from + MAX_DROPPED);
    const calls = Array.from({ length: Math.ceil(batch.length / size) }, (_, call) => {
      const dropped = batch.slice(call * size, (call + 1) * size);
      const memberKeys = dropped.flatMap((member) => [entryKeyOf(member), keys.cacheLease(member)]);
      return [dropEntries, [...memberKeys, ...tags.map(keys.cacheTag)], dropped] as const;
    });
    const [call] = calls;
    if (call && calls.length === 1) await redisService().script(...call, z.int());
    else await redisService().scriptPipeline(calls, z.int());
  }
}

/** Call when Redis has applied every invalidation up to now. */
export async function renewTrustLease(): Promise<void> {
  await redis().set(keys.cacheTrustLease, 1, { ex: ttlSeconds.cacheTrustLease });
}

/** How long an entry may still be served; 1 ms at least, because Redis rejects a TTL of 0. */
function remainingTtlMs(entry: Entry): number {
  return Math.max(1, entry.createdMs + entry.ttlMs + entry.swrMs - now());
}
