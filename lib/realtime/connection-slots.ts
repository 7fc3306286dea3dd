import { AppError } from "../core/errors";

/** A browser has one; so many are somebody's script. */
const MOST_OF_ONE_PERSON = 30;
/** Of those who are not signed in. A school is many people behind one; those who come late see counts that do not move. */
const MOST_OF_ONE_NETWORK = 100;
const RETRY_AFTER_SECONDS = 60;

/** Who has a stream. */
export type Listening =
  | { userId: string }
  /** Somebody who is not signed in, by `clientNetwork`. Null where no proxy is trusted to say it: all are one then. */
  | { userId: null; network: string | null };

const taken = new Map<string, number>();

/**
 * Takes a place for one of somebody's streams on this instance, from before anything is asked: many at once do not get
 * past the limit.
 *
 * @returns gives it back; once is enough, twice does nothing
 * @throws {AppError} rate_limited
 */
export function takePlace(who: Listening): () => void {
  const key = who.userId ?? `network:${who.network ?? ""}`;
  const most = who.userId === null ? MOST_OF_ONE_NETWORK : MOST_OF_ONE_PERSON;
  const count = taken.get(key) ?? 0;
  if (count >= most) throw new AppError("rate_limited", { retryAfterSeconds: RETRY_AFTER_SECONDS });
  taken.set(key, count + 1);
  let isMine = true;
  return () => {
    if (!isMine) return;
    isMine = false;
    const left = (taken.get(key) ?? 1) - 1;
    if (left > 0) taken.set(key, left);
    else taken.delete(key);
  };
}
