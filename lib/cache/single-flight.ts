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
  /** Redis is unavailable, so a new flight would not find a newer value. */
  memoryOnly: boolean;
}

/**
 * Looks up or loads a value once: concurrent callers in this process share a *flight*; across processes the holder of
 * the load lease loads while the others wait for the stored value.
 */
export class SingleFlight {
  private readonly flights = new Map<string, Flight>();
  private readonly memoryFallback: MemoryFallback;

  constructor(private readonly context: CacheContext) {
    this.memoryFallback = new MemoryFallback(context);
  }

  /** Returns the cached value, or loads it. Throws only what the loader throws. */
  async get(cacheKey: CacheKey, request: LoadRequest): Promise<unknown> {
    const flight = this.findJoinable(cacheKey) ?? this.startFlight(cacheKey, request);
    const { value, event } = await flight.result;
    this.context.stats.count(cacheKey.namespace, event);
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
      return found ?? { value: await this.memoryFallback.load(cacheKey, request, epoch), event: "miss" };
    } catch (error) {
      if (error instanceof LoaderError) throw error;
      this.context.stats.count(cacheKey.namespace, "error");
      this.context.invalidationLog.markRedisSuspect();
      log().debug({ err: error }, "cache falls back to memory: Redis unavailable");
    }
    onMemoryOnly();
    return this.memoryFallback.find(cacheKey, request);
  }
}

/** Callers get the loader's own error, unwrapped. */
function rethrowLoaderError(error: unknown): never {
  throw error instanceof LoaderError ? error.cause : error;
}
