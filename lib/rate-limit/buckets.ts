import { keys } from "../redis/keys";
import type { LimitedCaller } from "./limited-caller";
import { type LimitPolicy, personPolicy } from "./policies";

/** A token that a request wants: of which limit, and where that is counted. */
export interface LimitBucket {
  policy: LimitPolicy;
  key: string;
}

/** How one limit stands. */
export interface LimitStatus {
  policy: LimitPolicy;
  remaining: number;
  /** When the next token comes back, milliseconds since the epoch. */
  resetAt: number;
}

/** Everything a request needs a token of: the route's row, and for a person most often the one over all routes. */
export function bucketsFor(
  { callerId, isSignedIn }: LimitedCaller,
  pattern: string,
  policy: LimitPolicy,
): LimitBucket[] {
  const buckets = [{ policy, key: keys.throttle(policy.name, callerId, pattern) }];
  if (isSignedIn && !policy.standalone)
    buckets.push({ policy: personPolicy, key: keys.throttle(personPolicy.name, callerId, "*") });
  return buckets;
}
