import { setTimeout as delay } from "node:timers/promises";
import { now } from "../core/clock";
import { env } from "../core/env";
import { newId } from "../core/ids";
import { decodeEntry, parseEnvelope, readEnvelopeId } from "./envelope";
import { LeasedLoader } from "./leased-loader";
import { type CacheContext, type CacheKey, isStale, type LoadRequest, type LookupResult } from "./loader";
import * as store from "./store";

/** Longest wait for another process: one lease of a killed process and one of its successor. */
const MAX_LEASE_WAIT_MS = 2 * store.LEASE_MS;
const INITIAL_POLL_DELAY_MS = 5;
const MAX_POLL_DELAY_MS = 100;
/** Untrusted reads of one entry in a row; after that Redis is treated as unavailable. */
const MAX_REREADS = 5;

/**
 * Reads an entry from Redis. On a miss it loads the value if it gets the load lease, else it waits for the lease
 * holder.
 *
 * @param epoch  epoch of the memory before the call
 * @returns null when the wait timed out: the caller loads without a lease and does not store in Redis
 * @throws {LoaderError} when the loader failed; any other error when Redis does not answer
 */
export async function findWithRedis(
  context: CacheContext,
  cacheKey: CacheKey,
  request: LoadRequest,
  epoch: number,
): Promise<LookupResult | null> {
  const { memory, invalidationLog, stats } = context;
  const { member, spec, namespace } = cacheKey;
  const token = newId();
  const leasedLoader = new LeasedLoader(context, cacheKey, request, epoch, token);
  const maxLifetimeMs = (request.ttlSeconds + spec.swrSeconds) * 1_000;
  const startedAt = performance.now();
  let unusableId: string | undefined;
  let rereads = 0;
  let pollDelayMs = INITIAL_POLL_DELAY_MS;
  for (;;) {
    const localEntry = memory.get(member);
    const requestedMs = now();
    const requestedAt = performance.now();
    const read = await store.read(member, {
      token,
      localEntry,
      unusableId,
      tags: request.tags,
      maxLifetimeMs,
    });

    if (!(await invalidationLog.isTrusted(read.hasTrustLease))) {
      if (read.leased) await store.release(member, token);
      rereads += 1;
      if (rereads > MAX_REREADS) throw new Error("cache entry not trusted: invalidations are still pending");
      continue;
    }
    const envelope = parseEnvelope(read.found);
    const entry = read.unchanged ? localEntry : envelope && (await decodeEntry(spec, envelope));
    if (entry) {
      memory.put(member, entry, epoch, requestedMs);
      if (read.leased) leasedLoader.refresh();
      return { value: entry.value, event: isStale(entry) ? "stale" : "hitL2" };
    }
    if (read.found !== null) {
      // Damaged, or written under an older schema.
      stats.count(namespace, "error");
      unusableId = readEnvelopeId(read.found);
    }
    if (read.leased) {
      // The read and the fill share one timeout.
      const remainingMs = env().REDIS_TIMEOUT_MS - (performance.now() - requestedAt);
      return { value: await leasedLoader.load(remainingMs), event: "miss" };
    }
    if (unusableId && read.found !== null) continue;
    if (read.found !== null || performance.now() - startedAt > MAX_LEASE_WAIT_MS) return null;
    if (pollDelayMs === INITIAL_POLL_DELAY_MS) stats.count(namespace, "wait");
    // Jitter, so that waiters do not poll in step.
    await delay(pollDelayMs * (0.5 + Math.random() / 2));
    pollDelayMs = Math.min(pollDelayMs * 2, MAX_POLL_DELAY_MS);
  }
}
