import { AppError } from "../core/errors";

/** A browser has one; so many are somebody's script. */
const MOST_OF_ONE_PERSON = 30;
const RETRY_AFTER_SECONDS = 60;

const taken = new Map<string, number>();

/**
 * Takes a place for one of somebody's streams on this instance, from before anything is asked: many at once do not get
 * past the limit.
 *
 * @returns gives it back; once is enough, twice does nothing
 * @throws {AppError} rate_limited
 */
export function takePlace(userId: string): () => void {
  const count = taken.get(userId) ?? 0;
  if (count >= MOST_OF_ONE_PERSON)
    throw new AppError("rate_limited", { retryAfterSeconds: RETRY_AFTER_SECONDS });
  taken.set(userId, count + 1);
  let isMine = true;
  return () => {
    if (!isMine) return;
    isMine = false;
    const left = (taken.get(userId) ?? 1) - 1;
    if (left > 0) taken.set(userId, left);
    else taken.delete(userId);
  };
}
