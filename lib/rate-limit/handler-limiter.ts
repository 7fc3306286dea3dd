import { AppError } from "../core/errors";
import { redis } from "../redis";
import type { Claim } from "./buckets";
import { secondsLeft } from "./limit-headers";
import { Limiter, type Taken } from "./limiter";

/** One a process, like the gate's: but with the server's client, its time limits and its counts. */
let current: { redis: ReturnType<typeof redis>; limiter: Limiter } | undefined;

function handlerLimiter(): Limiter {
  const client = redis();
  if (current?.redis !== client) current = { redis: client, limiter: new Limiter(client) };
  return current.limiter;
}

/**
 * Takes a token of each claim, in one script call. Without Redis this process decides, with the same numbers.
 * @throws {AppError} rate_limited, with the seconds until it is worth asking again
 */
export async function requireTokens(claims: readonly Claim[]): Promise<Taken> {
  const taken = await handlerLimiter().take(claims);
  if (!taken.allowed) throw new AppError("rate_limited", { retryAfterSeconds: secondsLeft(taken) });
  return taken;
}

/**
 * Runs an attempt of which only failures count. The tokens are taken before it begins and given back when it
 * succeeds, so that any number of attempts at once are no more than the limit; counting failures afterwards would
 * let through all that come before the first has failed.
 *
 * A failure is an answer: an error below 500. An attempt that met an outage has told nobody anything.
 *
 * @throws {AppError} rate_limited, and then the attempt was not begun; else what the attempt throws
 */
export async function countFailures<R>(claims: readonly Claim[], attempt: () => Promise<R>): Promise<R> {
  const { giveBack } = await requireTokens(claims);
  let result: R;
  try {
    result = await attempt();
  } catch (error) {
    if (!(error instanceof AppError && error.status < 500)) await giveBack();
    throw error;
  }
  await giveBack();
  return result;
}
