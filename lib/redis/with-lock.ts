import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { log } from "../core/log";
import { RedisUnavailableError } from "./guarded-redis";
import { type AcquireOptions, acquireLock, extendLock, type Lock, releaseLock } from "./lock";

export interface WithLockOptions extends AcquireOptions {
  /** Extend the lock for as long as the work lasts. Without it the work has the TTL. */
  autoExtend?: boolean;
  /**
   * Without Redis nobody knows who works. `refuse` (when left out) does not; `work` does, without a lock:
   * right where the lock only spares people a conflict that Postgres would tell them of anyway.
   */
  withoutRedis?: "refuse" | "work";
}

/** The lock ended before the work did: somebody else may have begun. The reason of the work's signal. */
export class LockLostError extends Error {
  constructor({ resource, id }: Lock) {
    super(`the lock on ${resource} ${id} was lost`);
    this.name = "LockLostError";
  }
}

/** Told to people when Redis is away: the breaker looks for it about this often. */
const RETRY_WITHOUT_REDIS_SECONDS = 5;
/** Extended when this part of the TTL is over: two more tries fit in before it ends. */
const EXTEND_AFTER_TTL_RATIO = 1 / 3;

/**
 * Does work while holding a lock, and gives it back however the work ends.
 *
 * @param work  gets the lock (null with `withoutRedis: "work"` and no Redis) and a signal that fires, with a
 *              {@link LockLostError}, as soon as the lock may be somebody else's. The work should then stop;
 *              it is not stopped from here, and what it returns or throws is the result all the same.
 * @throws {AppError} conflict, with `retryAfterSeconds`, when somebody else has it for longer than `waitMs`
 * @throws {AppError} unavailable when Redis does not answer; nothing was done
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

/** Fires when the lock has run out, and extends it before if asked to. @returns what ends that */
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
      // Until it expires there is time to try again.
      log().debug({ err: error }, "a lock was not extended");
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
    log().debug({ err: error }, "a lock lasts until it expires");
  }
}
