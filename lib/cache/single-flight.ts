import { now } from "../core/clock";
import { log } from "../core/log";
import { findWithRedis } from "./find-with-redis";
import { type CacheContext, type CacheKey, LoaderError, type LoadRequest, type LookupResult } from "./loader";
import { TRUST_MS } from "./memory";
import { MemoryFallback } from "./memory-fallback";

interface Flight {
  readonly result: Promise<LookupResult>;
  readonly tags: readonly string[];
  readonly startedMs: number;
  readonly epoch: number;
  /** Redis is away: it cannot say whether what this one brings is still current. */
  memoryOnly: boolean;
}

/**
 * Finds what is cached or loads it, once: concurrent callers in this process share a *flight*, and among
 * processes the holder of the lease in Redis loads while the others wait for what it stores.
 */
export class SingleFlight {
  private readonly flights = new Map<string, Flight>();
  private readonly memoryFallback: MemoryFallback;

  constructor(private readonly context: CacheContext) {
    this.memoryFallback = new MemoryFallback(context);
  }

  /** What is cached at a place, else what the request loads. Throws only what the loader throws. */
  async get(cacheKey: CacheKey, request: LoadRequest): Promise<unknown> {
    const flight = this.findJoinable(cacheKey) ?? this.startFlight(cacheKey, request);
    const { value, event } = await flight.result;
    this.context.stats.count(cacheKey.namespace, event);
    return value;
  }

  /** A flight that took off too long ago may bring what was changed since; with Redis one asks again. */
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
      return found ?? { value: await this.memoryFallback.load(cacheKey, request, epoch), event: "miss" };
    } catch (error) {
      if (error instanceof LoaderError) throw error;
      this.context.stats.count(cacheKey.namespace, "error");
      this.context.invalidationLog.markRedisSuspect();
      log().debug({ err: error }, "the cache works without Redis");
    }
    onMemoryOnly();
    return this.memoryFallback.find(cacheKey, request);
  }
}

/** What a loader threw is told as it is. */
function rethrowLoaderError(error: unknown): never {
  throw error instanceof LoaderError ? error.cause : error;
}
