import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { log } from "../core/log";
import { type AcquireOptions, acquireLock, extendLock, type Lock, releaseLock } from "./lock";
import { RedisUnavailableError } from "./unavailable";

export interface WithLockOptions extends AcquireOptions {
  /** Extend the lock for as long as the work runs. Without it the work has to finish within the TTL. */
  autoExtend?: boolean;
  /**
   * When Redis is unavailable, `refuse` (the default) throws; `work` runs the work without a lock, which is right
   * when the lock only avoids a conflict that Postgres detects anyway.
   */
  withoutRedis?: "refuse" | "work";
}

/** Abort reason of the work's signal: the lock ended before the work, and another owner may have started. */
export class LockLostError extends Error {
  constructor({ resource, id }: Lock) {
    super(`lock lost: ${resource} ${id}`);
    this.name = "LockLostError";
  }
}

/** `Retry-After` when Redis is unavailable: the circuit breaker probes at about this interval. */
const RETRY_WITHOUT_REDIS_SECONDS = 5;
/** The lock is extended after this share of the TTL: two more attempts fit in before it expires. */
const EXTEND_AFTER_TTL_RATIO = 1 / 3;

/**
 * Runs work under a lock and releases the lock when the work returns or throws.
 *
 * @param work  gets the lock (null with `withoutRedis: "work"` and no Redis) and a signal that aborts, with a
 *              {@link LockLostError}, as soon as another owner may have the lock. The work should then stop; it is
 *              not stopped from outside, and its result or error is passed on either way.
 * @throws {AppError} conflict, with `retryAfterSeconds`, when another owner keeps the lock longer than `waitMs`
 * @throws {AppError} unavailable when Redis does not reply; the work was not run
 */
export async function withLock<T>(
  resource: string,
  id: string,
  work: (signal: AbortSignal, lock: Lock | null) => Promise<T>,
  options: WithLockOptions = {},
): Promise<T> {
  const lock = await acquireOrThrow(resource, id, options);
  const lost = new AbortController();
  if (!lock) return work(lost.signal, null);
  const stopWatching = watchLock(lock, lost, options.autoExtend ?? false);
  try {
    return await work(lost.signal, lock);
  } finally {
    stopWatching();
    await releaseOrLog(lock);
  }
}

async function acquireOrThrow(resource: string, id: string, options: WithLockOptions): Promise<Lock | null> {
  try {
    const attempt = await acquireLock(resource, id, options);
    if (attempt.acquired) return attempt.lock;
    throw new AppError("conflict", {
      message: "locked",
      retryAfterSeconds: Math.ceil(attempt.retryAfterMs / 1_000),
    });
  } catch (error) {
    if (!(error instanceof RedisUnavailableError)) throw error;
    if (options.withoutRedis === "work") return null;
    throw new AppError("unavailable", { retryAfterSeconds: RETRY_WITHOUT_REDIS_SECONDS, cause: error });
  }
}

/** Aborts `lost` when the lock expires; extends it before with `autoExtend`. @returns a function that stops both */
function watchLock(initialLock: Lock, lost: AbortController, autoExtend: boolean): () => void {
  let lock = initialLock;
  let ended = false;
  let expiry = scheduleExpiry();
  let extension = autoExtend ? scheduleExtension() : undefined;

  function scheduleExpiry(): NodeJS.Timeout {
    return setTimeout(() => lost.abort(new LockLostError(lock)), Math.max(0, lock.expiresAt - now()));
  }

  function scheduleExtension(): NodeJS.Timeout {
    return setTimeout(() => void extend(), lock.ttlMs * EXTEND_AFTER_TTL_RATIO);
  }

  async function extend(): Promise<void> {
    try {
      const extended = await extendLock(lock);
      if (ended) return;
      if (!extended) return lost.abort(new LockLostError(lock));
      lock = extended;
      clearTimeout(expiry);
      expiry = scheduleExpiry();
    } catch (error) {
      // The next attempt may still succeed before the lock expires.
      log().debug({ err: error }, "lock extension failed");
    }
    if (!ended && !lost.signal.aborted) extension = scheduleExtension();
  }

  return () => {
    ended = true;
    clearTimeout(expiry);
    clearTimeout(extension);
  };
}

async function releaseOrLog(lock: Lock): Promise<void> {
  try {
    await releaseLock(lock);
  } catch (error) {
    log().debug({ err: error }, "lock release failed: the lock may last until its TTL ends");
  }
}
