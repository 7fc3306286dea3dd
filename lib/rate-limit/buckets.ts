import { keys } from "../redis/keys";
import type { LimitedCaller } from "./limited-caller";
import { type LimitPolicy, personPolicy } from "./policies";

/** One caller's tokens of one policy. */
export interface LimitBucket {
  policy: LimitPolicy;
  key: string;
}

/** State of one bucket. */
export interface LimitStatus {
  policy: LimitPolicy;
  remaining: number;
  /** When the next token comes back; milliseconds since the epoch. */
  resetAt: number;
}

/** The buckets of a request: the route's, and for a user, unless the policy is standalone, the one for all routes. */
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
