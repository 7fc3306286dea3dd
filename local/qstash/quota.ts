import { ApiError } from "./errors";
import type { Plan } from "./plans";
import type { Store } from "./store";

const DAY_MS = 86_400_000;

/** How many more messages the plan's day allows; Infinity without a limit. */
export function remainingMessages(store: Store): number {
  const limit = store.state.limits.plan?.messagesPerDay;
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, limit - store.state.messagesOn(store.now()));
}

/**
 * Refuses a request that would make more messages than the plan's day still allows.
 * @throws {ApiError} 429 with the headers by which the SDK knows the daily limit from the limit per second
 */
export function requireMessages(store: Store, count: number): void {
  const remaining = remainingMessages(store);
  if (count <= remaining) return;
  const nextDay = (Math.floor(store.now() / DAY_MS) + 1) * DAY_MS;
  throw new ApiError(429, "exceeded daily message limit", {
    "RateLimit-Limit": String(store.state.limits.plan?.messagesPerDay),
    "RateLimit-Remaining": String(remaining),
    "RateLimit-Reset": String(nextDay / 1000),
  });
}

type CountedLimit = Extract<keyof Plan, `max${string}`>;

/**
 * Refuses what is larger or more than the plan allows.
 * @throws {ApiError} 412 with QStash's wording
 */
export function requireWithinPlan(store: Store, limit: CountedLimit, actual: number): void {
  const allowed = store.state.limits.plan?.[limit];
  if (allowed !== undefined && actual > allowed) {
    throw new ApiError(412, `quota ${limit} exceeded. Limit: ${allowed}, actual: ${actual}`);
  }
}
