import { setTimeout as delay } from "node:timers/promises";
import { now } from "../core/clock";
import { env } from "../core/env";
import { newId } from "../core/ids";
import { decodeEntry, parseEnvelope, readEnvelopeId } from "./envelope";
import { LeasedLoader } from "./leased-loader";
import { type CacheContext, type CacheKey, isStale, type LoadRequest, type LookupResult } from "./loader";
import * as store from "./store";

/** Longest wait for another process: for one that was killed, and once more for who takes over. */
const MAX_LEASE_WAIT_MS = 2 * store.LEASE_MS;
const INITIAL_POLL_DELAY_MS = 5;
const MAX_POLL_DELAY_MS = 100;
/** Reads of one entry in a row that found what could not be believed; then Redis is done without. */
const MAX_REREADS = 5;

/**
 * Finds what Redis has, loads what it has not if the lease is to be had, and waits for whoever has it else.
 *
 * @param epoch  of the memory, from before
 * @returns null when the others took too long: to be loaded without being stored
 * @throws {LoaderFailure} @throws when Redis does not answer
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
      if (rereads > MAX_REREADS) throw new Error("Redis has too much to be told");
      continue;
    }
    const envelope = read.found === "same" ? null : parseEnvelope(read.found);
    const entry = read.found === "same" ? localEntry : envelope && (await decodeEntry(spec, envelope));
    if (entry) {
      memory.put(member, entry, epoch, requestedMs);
      if (read.leased) leasedLoader.refresh();
      return { value: entry.value, event: isStale(entry) ? "stale" : "hitL2" };
    }
    if (read.found !== null) {
      // Damaged, or from before its schema changed.
      stats.count(namespace, "error");
      unusableId = readEnvelopeId(read.found);
    }
    if (read.leased) {
      // Reading and storing together take no longer than a read may.
      const remainingMs = env().REDIS_TIMEOUT_MS - (performance.now() - requestedAt);
      return { value: await leasedLoader.load(remainingMs), event: "miss" };
    }
    if (unusableId && read.found !== null) continue;
    if (read.found !== null || performance.now() - startedAt > MAX_LEASE_WAIT_MS) return null;
    if (pollDelayMs === INITIAL_POLL_DELAY_MS) stats.count(namespace, "wait");
    // A different pause for everybody, so that waiters do not ask in step.
    await delay(pollDelayMs * (0.5 + Math.random() / 2));
    pollDelayMs = Math.min(pollDelayMs * 2, MAX_POLL_DELAY_MS);
  }
}
