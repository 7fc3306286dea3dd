import { keys } from "../redis/keys";
import { isUser } from "./limited-caller";
import { type LimitPolicy, type PolicyMatch, personPolicy } from "./policies";

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

/** Which buckets a caller's request takes tokens from. A limiter exists per rule, so a rule is created once. */
export type LimitRule = (callerId: string) => LimitBucket[];

const routeRules = new Map<PolicyMatch, LimitRule>();

/** The rule of a row of the policy table: the route's bucket, and for a user the one for all routes. */
export function routeRule(match: PolicyMatch): LimitRule {
  const rule =
    routeRules.get(match) ??
    ((callerId) => (match.policy ? bucketsFor(callerId, match.pattern, match.policy) : []));
  routeRules.set(match, rule);
  return rule;
}

/** The buckets of a request: the route's, and for a user, unless the policy is standalone, the one for all routes. */
export function bucketsFor(callerId: string, pattern: string, policy: LimitPolicy): LimitBucket[] {
  const buckets = [{ policy, key: keys.throttle(policy.name, callerId, pattern) }];
  if (isUser(callerId) && !policy.standalone)
    buckets.push({ policy: personPolicy, key: keys.throttle(personPolicy.name, callerId, "*") });
  return buckets;
}

/** The statuses with the one first that refused or will refuse first. */
export function tightestFirst(statuses: readonly LimitStatus[]): LimitStatus[] {
  return [...statuses].sort((a, b) => a.remaining - b.remaining || b.resetAt - a.resetAt);
}
