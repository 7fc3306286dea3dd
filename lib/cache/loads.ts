import { setTimeout as delay } from "node:timers/promises";
import { now } from "../core/clock";
import { defer } from "../core/defer";
import { env } from "../core/env";
import { failpoint } from "../core/failpoint";
import { newId } from "../core/ids";
import { log } from "../core/log";
import type { NamespaceSpec } from "./define";
import { decode, type Entry, encode, idOf, makeEntry, parseEnvelope } from "./envelope";
import { ageMs, type Memory, TRUST_MS } from "./memory";
import type { CacheEvent, CacheStats } from "./stats";
import * as store from "./store";
import type { Told } from "./told";
import { within } from "./within";

/** Where something is cached. */
export interface Place {
  readonly namespace: string;
  readonly spec: NamespaceSpec;
  /** `{namespace}:{key}` */
  readonly member: string;
}

/** How to get it when it is not cached. */
export interface Request {
  readonly load: () => Promise<unknown>;
  readonly tags: readonly string[];
  readonly ttlSeconds: number;
}

interface Answer {
  value: unknown;
  /** How it was come by, for each caller's count. */
  event: CacheEvent;
}

interface Flight {
  readonly answer: Promise<Answer>;
  readonly tags: readonly string[];
  readonly startedMs: number;
  readonly epoch: number;
  /** Redis is away: it cannot say whether what this one brings is still current. */
  alone: boolean;
}

/** Longest wait for another process: for one that was killed, and once more for who takes over. */
const LONGEST_WAIT_MS = 2 * store.LEASE_MS;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;
/** Reads of one entry in a row that found what could not be believed; then Redis is done without. */
const MOST_REREADS = 5;

/**
 * Finds what is cached or loads it, once: concurrent callers in this process share a *flight*, and among
 * processes the holder of the lease in Redis loads while the others wait for what it stores.
 */
export class Loads {
  private readonly flights = new Map<string, Flight>();
  /** Members that are being loaded anew in the background without Redis. */
  private readonly refreshing = new Set<string>();

  constructor(
    private readonly memory: Memory,
    private readonly told: Told,
    private readonly stats: CacheStats,
  ) {}

  /** What is cached at a place, else what the request loads. Throws only what the loader throws. */
  async get(place: Place, request: Request): Promise<unknown> {
    const flight = this.joinable(place) ?? this.start(place, request);
    const { value, event } = await flight.answer;
    this.stats.count(place.namespace, event);
    return value;
  }

  /** A flight that took off too long ago may bring what was changed since; with Redis one asks again. */
  private joinable({ member }: Place): Flight | undefined {
    const flight = this.flights.get(member);
    if (!flight || this.memory.droppedSince(member, flight.tags, flight.epoch)) return undefined;
    return flight.alone || now() - flight.startedMs < TRUST_MS ? flight : undefined;
  }

  private start(place: Place, request: Request): Flight {
    const epoch = this.memory.epoch;
    const found = this.findOrLoad(place, request, epoch, () => {
      flight.alone = true;
    });
    const flight: Flight = {
      tags: request.tags,
      startedMs: now(),
      epoch,
      alone: false,
      answer: found.finally(() => {
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
      return await this.withRedis(place, request, epoch);
    } catch (error) {
      if (error instanceof LoaderFailure) throw error.cause;
      this.stats.count(place.namespace, "error");
      this.told.doubtRedis();
      log().debug({ err: error }, "the cache works without Redis");
    }
    onAlone();
    return this.withoutRedis(place, request, epoch);
  }

  private async withRedis(place: Place, request: Request, epoch: number): Promise<Answer> {
    const { member, spec, namespace } = place;
    const token = newId();
    const startedAt = performance.now();
    let unusable: string | undefined;
    let rereads = 0;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      const has = this.memory.get(member);
      const askedMs = now();
      const askedAt = performance.now();
      const lifeMs = (request.ttlSeconds + spec.swrSeconds) * 1_000;
      const read = await store.read(member, { token, has, unusable, tags: request.tags, lifeMs });

      if (!(await this.told.believe(read.told))) {
        if (read.leased) await store.release(member, token);
        rereads += 1;
        if (rereads > MOST_REREADS) throw new Error("Redis has too much to be told");
        continue;
      }
      const envelope = read.found === "same" ? null : parseEnvelope(read.found);
      const entry = read.found === "same" ? has : envelope && (await decode(spec, envelope));
      if (entry) {
        this.memory.put(member, entry, epoch, askedMs);
        if (read.leased) this.refresh(place, request, epoch, token);
        return { value: entry.value, event: isStale(entry) ? "stale" : "hitL2" };
      }
      if (read.found !== null) {
        // Damaged, or from before its schema changed.
        this.stats.count(namespace, "error");
        unusable = idOf(read.found);
      }
      if (read.leased) {
        const leftMs = env().REDIS_TIMEOUT_MS - (performance.now() - askedAt);
        return { value: await this.load(place, request, epoch, token, leftMs), event: "miss" };
      }
      if (unusable && read.found !== null) continue;
      if (read.found !== null || performance.now() - startedAt > LONGEST_WAIT_MS) {
        return { value: await this.loadAlone(place, request, epoch), event: "miss" };
      }
      if (pauseMs === FIRST_PAUSE_MS) this.stats.count(namespace, "wait");
      // A different pause for everybody, so that waiters do not ask in step.
      await delay(pauseMs * (0.5 + Math.random() / 2));
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** With Redis away this process's memory is all there is, and lasts as long as its TTL says. */
  private async withoutRedis(place: Place, request: Request, epoch: number): Promise<Answer> {
    if (this.memory.get(place.member)) await this.told.pollWithoutRedis();
    const entry = this.memory.get(place.member);
    if (!entry) return { value: await this.loadAlone(place, request, epoch), event: "miss" };
    if (!isStale(entry)) return { value: entry.value, event: "hitL1" };
    if (!this.refreshing.has(place.member)) {
      this.refreshing.add(place.member);
      this.inBackground(place, async () => {
        await this.loadAlone(place, request, this.memory.epoch).finally(() =>
          this.refreshing.delete(place.member),
        );
      });
    }
    return { value: entry.value, event: "stale" };
  }

  /** Loads under the lease `token`, stores what came, and ends the lease; waits for that `limitMs` at most. */
  private async load(
    place: Place,
    request: Request,
    epoch: number,
    token: string,
    limitMs: number,
  ): Promise<unknown> {
    const { member } = place;
    const startedMs = now();
    const stopRenewing = this.renewLease(place, token);
    let made: ReturnType<typeof makeEntry> | null;
    let value: unknown;
    try {
      ({ made, value } = await this.callLoader(place, request));
      await failpoint("cache.loaded");
    } catch (error) {
      stopRenewing();
      await this.bounded(place, limitMs, store.release(member, token));
      throw error;
    }
    stopRenewing();
    if (!made) {
      await this.bounded(place, limitMs, store.fillNothing(member, token));
      return value;
    }
    const { entry, json } = made;
    const text = await encode(entry, json);
    const filledMs = now();
    const filled = await this.bounded(place, limitMs, store.fill(member, token, text, entry));
    // Not known whether it was stored: then it is as current as the moment its loading began.
    if (filled !== false) this.memory.put(member, entry, epoch, filled ? filledMs : startedMs);
    return entry.value;
  }

  /** Loads with nobody's leave: the value is for who asked, and for this process's memory. */
  private async loadAlone(place: Place, request: Request, epoch: number): Promise<unknown> {
    const startedMs = now();
    const { made, value } = await this.callLoader(place, request);
    if (made) this.memory.put(place.member, made.entry, epoch, startedMs);
    return value;
  }

  /** @returns no entry for what is not cached */
  private async callLoader(
    { namespace, spec }: Place,
    { load, ttlSeconds, tags }: Request,
  ): Promise<{ value: unknown; made: ReturnType<typeof makeEntry> | null }> {
    this.stats.count(namespace, "load");
    const createdMs = now();
    try {
      const loaded = await load();
      if (loaded === undefined || (loaded === null && !spec.cacheNull)) return { value: loaded, made: null };
      const made = makeEntry(spec, loaded, { ttlSeconds, tags, createdMs });
      return { value: made.entry.value, made };
    } catch (cause) {
      throw new LoaderFailure(cause);
    }
  }

  /** While everybody is served what there is. A failure keeps the lease: nobody tries again until it ends. */
  private refresh(place: Place, request: Request, epoch: number, token: string): void {
    this.inBackground(place, async () => {
      const startedMs = now();
      const stopRenewing = this.renewLease(place, token);
      try {
        const { made } = await this.callLoader(place, request);
        if (!made) return await store.fillNothing(place.member, token);
        const text = await encode(made.entry, made.json);
        if (await store.fill(place.member, token, text, made.entry)) {
          this.memory.put(place.member, made.entry, epoch, startedMs);
        }
      } finally {
        stopRenewing();
      }
    });
  }

  private inBackground(place: Place, work: () => Promise<void>): void {
    defer(async () => {
      try {
        await work();
      } catch (error) {
        this.stats.count(place.namespace, "error");
        log().debug({ err: error }, "a cached value could not be refreshed");
      }
    });
  }

  /** What is left of the time a caller waits for Redis: reading and storing together take no longer than a read may. */
  private async bounded<T>(place: Place, limitMs: number, call: Promise<T>): Promise<T | undefined> {
    try {
      return await within(Math.max(0, limitMs), call);
    } catch (error) {
      this.stats.count(place.namespace, "error");
      this.told.doubtRedis();
      log().debug({ err: error }, "Redis did not take a cached value");
      return undefined;
    }
  }

  private renewLease({ member }: Place, token: string): () => void {
    const startedAt = performance.now();
    const timer = setInterval(() => {
      if (performance.now() - startedAt > store.LONGEST_LOAD_MS) clearInterval(timer);
      else store.renew(member, token).catch(() => {});
    }, store.LEASE_MS / 3);
    timer.unref();
    return () => clearInterval(timer);
  }
}

function isStale(entry: Entry): boolean {
  return ageMs(entry) >= entry.ttlMs;
}

/** Tells what a loader threw from what Redis did. */
class LoaderFailure extends Error {
  constructor(override readonly cause: unknown) {
    super("the loader failed", { cause });
  }
}
