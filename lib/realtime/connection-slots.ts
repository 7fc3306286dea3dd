import { AppError } from "../core/errors";

/** Streams of one user on an instance. A browser has one; more than this are a script. */
const MAX_SLOTS_PER_USER = 30;
/** Anonymous streams of one network on an instance. Beyond it (a school, for example) counts do not update. */
const MAX_SLOTS_PER_NETWORK = 100;
const RETRY_AFTER_SECONDS = 60;

/** Owner of a stream. */
export type StreamOwner =
  | { userId: string }
  /** An anonymous user, by `clientNetwork`. Null when no trusted proxy reports it: then all share one limit. */
  | { userId: null; network: string | null };

const slotsInUse = new Map<string, number>();

/**
 * Takes a slot for a stream on this instance. Call it before any `await`, so that concurrent requests cannot exceed the
 * limit.
 *
 * @returns releases the slot; safe to call twice
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
