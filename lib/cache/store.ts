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

/** Members of one request, and of one read of a tag; bounds how long either occupies Redis. */
const MAX_DROPPED = 500;
/** Removals from tags in one script call: each member is removed from each tag. */
const MAX_TAG_REMOVALS = 2_500;

/** Members, and the tags that they are removed from. */
interface DroppedMembers {
  readonly members: readonly string[];
  readonly tags: readonly string[];
}

/**
 * Removes entries and revokes their load leases: one call for members, two for tags, more for large ones.
 *
 * A member that gets a tag after the tag was read here began to load after the change that is invalidated, which has
 * committed: it needs no invalidation, and it stays in the tag for the next one.
 */
export async function invalidate({ members, tags }: InvalidationTargets): Promise<void> {
  let untagged: readonly string[] = members;
  let unread: readonly string[] = tags;
  do {
    const tagged = await readTags(unread);
    await dropMembers(mergeGroups([{ members: untagged, tags: [] }, ...tagged]));
    untagged = [];
    unread = tagged.filter((each) => each.members.length === MAX_DROPPED).flatMap((each) => each.tags);
  } while (unread.length > 0);
}

/** The next members of each tag. */
async function readTags(tags: readonly string[]): Promise<DroppedMembers[]> {
  const found = await redisService().pipeline((p) =>
    tags.map((tag) => p.zrange(keys.cacheTag(tag), 0, MAX_DROPPED - 1, z.string())),
  );
  return tags.map((tag, index) => ({ members: found[index] ?? [], tags: [tag] }));
}

/** Fewer groups, as far as their limits allow; usually one. */
function mergeGroups(groups: readonly DroppedMembers[]): DroppedMembers[] {
  const merged: DroppedMembers[] = [];
  for (const group of groups) {
    const last = merged.at(-1);
    const members = [...new Set([...(last?.members ?? []), ...group.members])];
    const tags = [...(last?.tags ?? []), ...group.tags];
    if (group.members.length === 0) continue;
    if (last && members.length <= MAX_DROPPED && members.length * tags.length <= MAX_TAG_REMOVALS)
      merged.splice(-1, 1, { members, tags });
    else merged.push(group);
  }
  return merged;
}

/** In requests of some 500 members each. */
async function dropMembers(groups: readonly DroppedMembers[]): Promise<void> {
  const batches: DroppedMembers[][] = [[]];
  let batchSize = 0;
  for (const { members, tags } of groups) {
    for (let from = 0; from < members.length; from += MAX_DROPPED) {
      const part = { members: members.slice(from, from + MAX_DROPPED), tags };
      if (batchSize > 0 && batchSize + part.members.length > MAX_DROPPED) {
        batches.push([]);
        batchSize = 0;
      }
      batches.at(-1)?.push(part);
      batchSize += part.members.length;
    }
  }
  for (const batch of batches) {
    const calls = batch.map(({ members, tags }) => {
      const memberKeys = members.flatMap((member) => [entryKeyOf(member), keys.cacheLease(member)]);
      return [dropEntries, [...memberKeys, ...tags.map(keys.cacheTag)], members] as const;
    });
    const [call] = calls;
    if (call && calls.length === 1) await redisService().script(...call, z.int());
    else if (calls.length > 1) await redisService().scriptPipeline(calls, z.int());
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
