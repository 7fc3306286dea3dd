import { AppError } from "../core/errors";

/** A browser has one; so many are somebody's script. */
const MAX_SLOTS_PER_USER = 30;
/** Of those who are not signed in. A school is many people behind one; those who come late see counts that do not move. */
const MAX_SLOTS_PER_NETWORK = 100;
const RETRY_AFTER_SECONDS = 60;

/** Who has a stream. */
export type StreamOwner =
  | { userId: string }
  /** Somebody who is not signed in, by `clientNetwork`. Null where no proxy is trusted to say it: all are one then. */
  | { userId: null; network: string | null };

const slotsInUse = new Map<string, number>();

/**
 * Takes a place for one of somebody's streams on this instance, from before anything is asked: many at once do not get
 * past the limit.
 *
 * @returns gives it back; once is enough, twice does nothing
 * @throws {AppError} rate_limited
 */
export function acquireSlot(owner: StreamOwner): () => void {
  const key = owner.userId ?? `network:${owner.network ?? ""}`;
  const maxSlots = owner.userId === null ? MAX_SLOTS_PER_NETWORK : MAX_SLOTS_PER_USER;
  const count = slotsInUse.get(key) ?? 0;
  if (count >= maxSlots) throw new AppError("rate_limited", { retryAfterSeconds: RETRY_AFTER_SECONDS });
  slotsInUse.set(key, count + 1);
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    const remaining = (slotsInUse.get(key) ?? 1) - 1;
    if (remaining > 0) slotsInUse.set(key, remaining);
    else slotsInUse.delete(key);
  };
}
