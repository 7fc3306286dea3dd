import { setTimeout as delay } from "node:timers/promises";
import { now } from "../core/clock";
import { env } from "../core/env";
import { newId } from "../core/ids";
import { decodeEntry, parseEnvelope, readEnvelopeId } from "./envelope";
import type { InvalidationLog } from "./invalidation-log";
import {
  type CacheContext,
  type CacheKey,
  callLoader,
  LeasedLoader,
  LoaderError,
  type LoadRequest,
  type LookupResult,
  runInBackground,
} from "./loader";
import { isStale, TRUST_MS } from "./memory";
import * as store from "./store";

/** Longest wait for another process: one lease of a killed process and one of its successor. */
const MAX_LEASE_WAIT_MS = 2 * store.LEASE_MS;
const INITIAL_POLL_DELAY_MS = 5;
const MAX_POLL_DELAY_MS = 100;
/** Untrusted reads of one entry in a row; after that Redis is treated as unavailable. */
const MAX_REREADS = 5;

interface SingleFlightContext extends CacheContext {
  readonly invalidationLog: InvalidationLog;
}

interface Flight {
  readonly result: Promise<LookupResult>;
  readonly tags: readonly string[];
  readonly startedMs: number;
  readonly epoch: number;
  /** Redis is unavailable, so a new flight would not find a newer value. */
  memoryOnly: boolean;
}

/**
 * Looks up or loads a value once: concurrent callers in this process share a *flight*; across processes the holder of
 * the load lease loads while the others wait for the stored value.
 */
export class SingleFlight {
  private readonly flights = new Map<string, Flight>();
  /** Members with a refresh without Redis running in the background. */
  private readonly refreshing = new Set<string>();

  constructor(private readonly context: SingleFlightContext) {}

  /** Returns the cached value, or loads it. Throws only what the loader throws. */
  async get(cacheKey: CacheKey, request: LoadRequest): Promise<unknown> {
    const flight = this.findJoinable(cacheKey) ?? this.startFlight(cacheKey, request);
    const { value, event } = await flight.result;
    this.context.count(cacheKey.namespace, event);
    return value;
  }

  /** Skips an old flight, whose value may have changed since; without Redis it is joined all the same. */
  private findJoinable({ member }: CacheKey): Flight | undefined {
    const flight = this.flights.get(member);
    if (!flight || this.context.memory.isInvalidatedSince(member, flight.tags, flight.epoch))
      return undefined;
    return flight.memoryOnly || now() - flight.startedMs < TRUST_MS ? flight : undefined;
  }

  private startFlight(cacheKey: CacheKey, request: LoadRequest): Flight {
    const { epoch } = this.context.memory;
    const lookup = this.findOrLoad(cacheKey, request, epoch, () => {
      flight.memoryOnly = true;
    });
    const flight: Flight = {
      tags: request.tags,
      startedMs: now(),
      epoch,
      memoryOnly: false,
      result: lookup.catch(rethrowLoaderError).finally(() => {
        if (this.flights.get(cacheKey.member) === flight) this.flights.delete(cacheKey.member);
      }),
    };
    this.flights.set(cacheKey.member, flight);
    return flight;
  }

  private async findOrLoad(
    cacheKey: CacheKey,
    request: LoadRequest,
    epoch: number,
    onMemoryOnly: () => void,
  ): Promise<LookupResult> {
    try {
      const found = await findWithRedis(this.context, cacheKey, request, epoch);
      return found ?? { value: await this.loadIntoMemory(cacheKey, request, epoch), event: "miss" };
    } catch (error) {
      if (error instanceof LoaderError) throw error;
      this.context.onRedisFailure(cacheKey.namespace, error);
    }
    onMemoryOnly();
    return this.findInMemory(cacheKey, request);
  }

  /** Looks up without Redis: memory is trusted for the entry's whole TTL. @throws {LoaderError} */
  private async findInMemory(cacheKey: CacheKey, request: LoadRequest): Promise<LookupResult> {
    const { memory, invalidationLog } = this.context;
    const { member } = cacheKey;
    if (memory.get(member)) await invalidationLog.pollWithoutRedis();
    // Read after the poll: a value loaded from here on is newer than the invalidations just applied.
    const { epoch } = memory;
    const entry = memory.get(member);
    if (!entry) return { value: await this.loadIntoMemory(cacheKey, request, epoch), event: "miss" };
    if (!isStale(entry)) return { value: entry.value, event: "hitL1" };
    if (!this.refreshing.has(member)) {
      this.refreshing.add(member);
      runInBackground(this.context, cacheKey, async () => {
        await this.loadIntoMemory(cacheKey, request, memory.epoch).finally(() =>
          this.refreshing.delete(member),
        );
      });
    }
    return { value: entry.value, event: "stale" };
  }

  /**
   * Loads without a lease; the value goes to the caller and into memory, not into Redis.
   *
   * @param epoch  epoch of the memory before the load
   * @throws {LoaderError}
   */
  private async loadIntoMemory(cacheKey: CacheKey, request: LoadRequest, epoch: number): Promise<unknown> {
    const startedMs = now();
    const { cacheable, value } = await callLoader(this.context, cacheKey, request);
    if (cacheable) this.context.memory.put(cacheKey.member, cacheable.entry, epoch, startedMs);
    return value;
  }
}

/** Callers get the loader's own error, unwrapped. */
function rethrowLoaderError(error: unknown): never {
  throw error instanceof LoaderError ? error.cause : error;
}

/**
 * Reads an entry from Redis. On a miss it loads the value if it gets the load lease, else it waits for the lease
 * holder.
 *
 * @param epoch  epoch of the memory before the call
 * @returns null when the wait timed out: the caller loads without a lease and does not store in Redis
 * @throws {LoaderError} when the loader failed; any other error when Redis does not answer
 */
async function findWithRedis(
  context: SingleFlightContext,
  cacheKey: CacheKey,
  request: LoadRequest,
  epoch: number,
): Promise<LookupResult | null> {
  const { memory, invalidationLog, count } = context;
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
      count(namespace, "error");
      unusableId = readEnvelopeId(read.found);
    }
    if (read.leased) {
      // The read and the fill share one timeout.
      const remainingMs = env().REDIS_TIMEOUT_MS - (performance.now() - requestedAt);
      return { value: await leasedLoader.load(remainingMs), event: "miss" };
    }
    if (unusableId && read.found !== null) continue;
    if (read.found !== null || performance.now() - startedAt > MAX_LEASE_WAIT_MS) return null;
    if (pollDelayMs === INITIAL_POLL_DELAY_MS) count(namespace, "wait");
    // Jitter, so that waiters do not poll in step.
    await delay(pollDelayMs * (0.5 + Math.random() / 2));
    pollDelayMs = Math.min(pollDelayMs * 2, MAX_POLL_DELAY_MS);
  }
}
