import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { now } from "../core/clock";
import { log } from "../core/log";
import { keys, ttlSeconds } from "./keys";
import { acquireLock as acquireLockScript, keepLock } from "./lock-scripts";
import { redisService } from "./redis-service";

/**
 * A lock on one resource, across all processes. It serializes callers and lets the waiting ones fail early with a
 * clear error. It guarantees nothing: it expires under a slow owner, and an emptied Redis loses it. Invariants
 * are enforced by constraints in Postgres, with or without the lock.
 */
export interface Lock {
  /** The kind of resource: lower-case letters, digits and hyphens. */
  readonly resource: string;
  readonly id: string;
  /** Random; needed to extend and release the lock. */
  readonly token: string;
  /**
   * Fencing number, larger than that of every earlier lock. A store that keeps the highest number it has seen can
   * refuse an owner that lost its lock without noticing. docs/REDIS.md lists what could break that.
   */
  readonly fence: number;
  readonly ttlMs: number;
  /** By this process's clock (ms), counted from before the request, so Redis does not expire the key earlier. */
  readonly expiresAt: number;
}

export type LockAttempt =
  | { readonly acquired: true; readonly lock: Lock }
  /** Another owner has it; it expires after this long unless it is extended. */
  | { readonly acquired: false; readonly retryAfterMs: number };

export interface AcquireOptions {
  /** TTL of the lock; 10 s by default. */
  ttlMs?: number;
  /** How long to wait for another owner to release it; 0 (one attempt) by default. */
  waitMs?: number;
}

/** First pause between attempts; it grows by half each time. A random part of up to one half is taken off. */
const INITIAL_POLL_MS = 40;
const MAX_POLL_MS = 400;
const POLL_GROWTH = 1.5;

const acquireReplySchema = z.tuple([z.enum(["0", "1"]), z.coerce.number().int()]);
const flagSchema = z.union([z.literal(0), z.literal(1)]);

/** The highest fencing number this process has seen; an emptied Redis with a slow clock does not go below it. */
let highestFence = 0;

/**
 * Acquires a lock unless another owner has it. Neither fair nor reentrant.
 *
 * @throws {RedisUnavailableError} Redis does not reply. The lock may have been acquired; a release is tried
 *         immediately, and otherwise the lock expires.
 * @throws {RangeError} invalid TTL or wait @throws {TypeError} invalid resource name
 */
export async function acquireLock(
  resource: string,
  id: string,
  { ttlMs = ttlSeconds.lock * 1_000, waitMs = 0 }: AcquireOptions = {},
): Promise<LockAttempt> {
  checkLockTtl(ttlMs);
  if (!/^[a-z][a-z0-9-]*$/.test(resource)) throw new TypeError(`invalid lock resource: ${resource}`);
  if (!(waitMs >= 0)) throw new RangeError(`waitMs must be at least 0, not ${waitMs}`);
  const token = randomUUID();
  // A monotonic clock: the system's clock may be set back.
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
      acquireLockScript,
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

/** For a call without a reply, which may have acquired the lock. */
function releaseInBackground(key: string, token: string): void {
  redisService()
    .script(keepLock, [key], [token, 0], flagSchema)
    .catch((error: unknown) =>
      log().debug({ err: error }, "lock release failed: the lock may last until its TTL ends"),
    );
}

/**
 * Extends a lock: it expires `ttlMs` from now.
 *
 * @returns the extended lock; null when it had expired or was lost: stop the work
 * @throws {RedisUnavailableError} the lock may have been extended; count on the `expiresAt` of the old one
 */
export async function extendLock(lock: Lock, ttlMs = lock.ttlMs): Promise<Lock | null> {
  checkLockTtl(ttlMs);
  const requestedAt = now();
  const key = keys.lock(lock.resource, lock.id);
  const extended = await redisService().script(keepLock, [key], [lock.token, ttlMs], flagSchema);
  return extended === 1 ? { ...lock, ttlMs, expiresAt: requestedAt + ttlMs } : null;
}

/**
 * Releases a lock. Safe to repeat.
 * @returns false when the lock was already lost: another owner may have worked at the same time
 * @throws {RedisUnavailableError} the lock may last until its TTL ends
 */
export async function releaseLock(lock: Lock): Promise<boolean> {
  const key = keys.lock(lock.resource, lock.id);
  return (await redisService().script(keepLock, [key], [lock.token, 0], flagSchema)) === 1;
}
