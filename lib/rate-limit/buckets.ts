import { keys } from "../redis/keys";
import type { LimitedCaller } from "./limited-caller";
import { type Policy, personPolicy } from "./policies";

/** A token that a request wants: of which limit, and where that is counted. */
export interface Claim {
  policy: Policy;
  key: string;
}

/** How one limit stands. */
export interface Status {
  policy: Policy;
  remaining: number;
  /** When the next token comes back, milliseconds since the epoch. */
  resetAt: number;
}

/** Everything a request needs a token of: the route's row, and for a person most often the one over all routes. */
export function claimsOf({ who, isPerson }: LimitedCaller, pattern: string, policy: Policy): Claim[] {
  const claims = [{ policy, key: keys.throttle(policy.name, who, pattern) }];
  if (isPerson && !policy.apart)
    claims.push({ policy: personPolicy, key: keys.throttle(personPolicy.name, who, "*") });
  return claims;
}
