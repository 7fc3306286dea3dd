import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { now } from "../core/clock";
import { log } from "../core/log";
import { keys, ttlSeconds } from "./keys";
import { keepLock, acquireLock as takeLock } from "./lock-scripts";
import { redisService } from "./redis-service";

/**
 * A lock on one thing, across all processes. It makes people wait their turn and gives them a good answer; it
 * does not make anything impossible: it expires under a holder that is slow, and an emptied Redis forgets it.
 * What must never happen is prevented by a constraint in Postgres, with or without the lock.
 */
export interface Lock {
  /** What kind of thing: a word in lower case. */
  readonly resource: string;
  readonly id: string;
  /** Random; whoever has it may extend and release. */
  readonly token: string;
  /**
   * Larger than that of every lock before it, so a store that keeps the highest it has seen can refuse a holder
   * that lost its lock without noticing. See docs/REDIS.md for what could break that.
   */
  readonly fence: number;
  readonly ttlMs: number;
  /** By this process's clock (ms); the lock surely does not last longer without being extended. */
  readonly expiresAt: number;
}

export type LockAttempt =
  | { readonly acquired: true; readonly lock: Lock }
  /** Somebody else has it; it is worth asking again after this long, unless they extend it. */
  | { readonly acquired: false; readonly retryAfterMs: number };

export interface AcquireOptions {
  /** How long the lock lasts unless it is extended; 10 s when left out. */
  ttlMs?: number;
  /** How long to wait for somebody else to release it; 0 (at most one attempt) when left out. */
  waitMs?: number;
}

/** Waiting asks again after this long at first, then half as long again each time; halved or not by chance. */
const INITIAL_POLL_MS = 40;
const MAX_POLL_MS = 400;
const POLL_GROWTH = 1.5;

const acquireReplySchema = z.tuple([z.enum(["0", "1"]), z.coerce.number().int()]);
const flagSchema = z.union([z.literal(0), z.literal(1)]);

/** The highest fencing number this process has seen: an emptied Redis with a slow clock does not go below it. */
let highestFence = 0;

/**
 * Takes a lock, or says that somebody else has it. Neither fair nor reentrant.
 *
 * @throws {RedisUnavailableError} Redis does not answer. It may have given the lock all the same; then it is
 *         given back at once if that can be, and else expires.
 * @throws {RangeError} a TTL or a wait that is none @throws {TypeError} a resource that is not a word
 */
export async function acquireLock(
  resource: string,
  id: string,
  { ttlMs = ttlSeconds.lock * 1_000, waitMs = 0 }: AcquireOptions = {},
): Promise<LockAttempt> {
  checkLockTtl(ttlMs);
  if (!/^[a-z][a-z0-9-]*$/.test(resource)) throw new TypeError(`${resource} is no word for a resource`);
  if (!(waitMs >= 0)) throw new RangeError(`waitMs must be at least 0, not ${waitMs}`);
  const token = randomUUID();
  // By a clock that nobody sets back.
  const deadline = performance.now() + waitMs;
  for (let pollMs = INITIAL_POLL_MS; ; pollMs = Math.min(pollMs * POLL_GROWTH, MAX_POLL_MS)) {
    const attempt = await attemptLock(resource, id, token, ttlMs);
    const remainingMs = deadline - performance.now();
    if (attempt.acquired || remainingMs <= 0) return attempt;
    const jitteredMs = pollMs * (0.5 + Math.random() / 2);
    await delay(Math.min(jitteredMs, remainingMs, attempt.retryAfterMs + 1));
  }
}

async function attemptLock(resource: string, id: string, token: string, ttlMs: number): Promise<LockAttempt> {
  const key = keys.lock(resource, id);
  const requestedAt = now();
  try {
    const [acquiredFlag, fenceOrRetryMs] = await redisService().script(
      takeLock,
      [key, keys.lockFence],
      [token, ttlMs, highestFence],
      acquireReplySchema,
    );
    if (acquiredFlag === "0") return { acquired: false, retryAfterMs: Math.max(fenceOrRetryMs, 1) };
    highestFence = Math.max(highestFence, fenceOrRetryMs);
    return {
      acquired: true,
      lock: { resource, id, token, fence: fenceOrRetryMs, ttlMs, expiresAt: requestedAt + ttlMs },
    };
  } catch (error) {
    releaseInBackground(key, token);
    throw error;
  }
}

function checkLockTtl(ttlMs: number): void {
  if (!Number.isSafeInteger(ttlMs) || ttlMs < 1)
    throw new RangeError(`ttlMs must be at least 1, not ${ttlMs}`);
}

/** An answer that was lost may have been a lock. */
function releaseInBackground(key: string, token: string): void {
  redisService()
    .script(keepLock, [key], [token, 0], flagSchema)
    .catch((error: unknown) => log().debug({ err: error }, "a lock may last until it expires"));
}

/**
 * Makes a lock last from now on as long as at first, or as said.
 *
 * @returns the lock as it is now; null when it had expired or was lost: stop what it was taken for
 * @throws {RedisUnavailableError} it may have been extended; `expiresAt` of the old one still holds
 */
export async function extendLock(lock: Lock, ttlMs = lock.ttlMs): Promise<Lock | null> {
  checkLockTtl(ttlMs);
  const requestedAt = now();
  const key = keys.lock(lock.resource, lock.id);
  const extended = await redisService().script(keepLock, [key], [lock.token, ttlMs], flagSchema);
  return extended === 1 ? { ...lock, ttlMs, expiresAt: requestedAt + ttlMs } : null;
}

/**
 * Gives a lock back. Safe to repeat.
 * @returns false when it was not this holder's any more: somebody else may have worked at the same time
 * @throws {RedisUnavailableError} it then expires by itself
 */
export async function releaseLock(lock: Lock): Promise<boolean> {
  const key = keys.lock(lock.resource, lock.id);
  return (await redisService().script(keepLock, [key], [lock.token, 0], flagSchema)) === 1;
}
