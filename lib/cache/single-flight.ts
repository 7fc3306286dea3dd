import { now } from "../core/clock";
import { log } from "../core/log";
import { findWithRedis } from "./find-with-redis";
import { type Answer, LoaderFailure, type Parts, type Place, type Request } from "./loader";
import { TRUST_MS } from "./memory";
import { WithoutRedis } from "./memory-fallback";

interface Flight {
  readonly answer: Promise<Answer>;
  readonly tags: readonly string[];
  readonly startedMs: number;
  readonly epoch: number;
  /** Redis is away: it cannot say whether what this one brings is still current. */
  alone: boolean;
}

/**
 * Finds what is cached or loads it, once: concurrent callers in this process share a *flight*, and among
 * processes the holder of the lease in Redis loads while the others wait for what it stores.
 */
export class Loads {
  private readonly flights = new Map<string, Flight>();
  private readonly withoutRedis: WithoutRedis;

  constructor(private readonly parts: Parts) {
    this.withoutRedis = new WithoutRedis(parts);
  }

  /** What is cached at a place, else what the request loads. Throws only what the loader throws. */
  async get(place: Place, request: Request): Promise<unknown> {
    const flight = this.joinable(place) ?? this.start(place, request);
    const { value, event } = await flight.answer;
    this.parts.stats.count(place.namespace, event);
    return value;
  }

  /** A flight that took off too long ago may bring what was changed since; with Redis one asks again. */
  private joinable({ member }: Place): Flight | undefined {
    const flight = this.flights.get(member);
    if (!flight || this.parts.memory.droppedSince(member, flight.tags, flight.epoch)) return undefined;
    return flight.alone || now() - flight.startedMs < TRUST_MS ? flight : undefined;
  }

  private start(place: Place, request: Request): Flight {
    const { epoch } = this.parts.memory;
    const found = this.findOrLoad(place, request, epoch, () => {
      flight.alone = true;
    });
    const flight: Flight = {
      tags: request.tags,
      startedMs: now(),
      epoch,
      alone: false,
      answer: found.catch(unwrapped).finally(() => {
        if (this.flights.get(place.member) === flight) this.flights.delete(place.member);
      }),
    };
    this.flights.set(place.member, flight);
    return flight;
  }

  private async findOrLoad(
    place: Place,
    request: Request,
    epoch: number,
    onAlone: () => void,
  ): Promise<Answer> {
    try {
      const found = await findWithRedis(this.parts, place, request, epoch);
      return found ?? { value: await this.withoutRedis.load(place, request, epoch), event: "miss" };
    } catch (error) {
      if (error instanceof LoaderFailure) throw error;
      this.parts.stats.count(place.namespace, "error");
      this.parts.told.doubtRedis();
      log().debug({ err: error }, "the cache works without Redis");
    }
    onAlone();
    return this.withoutRedis.find(place, request);
  }
}

/** What a loader threw is told as it is. */
function unwrapped(error: unknown): never {
  throw error instanceof LoaderFailure ? error.cause : error;
}
