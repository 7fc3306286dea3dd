import { now } from "../core/clock";
import { type LimitStatus, tightestFirst } from "./buckets";
import type { LimitDecision } from "./limiter";

/**
 * Sets the headers of draft-ietf-httpapi-ratelimit-headers-11. `RateLimit-Policy` lists the route's policy, then the
 * user's; `RateLimit` begins with the policy that refused or will refuse first. `RateLimit-Degraded` is set when the
 * decision was made without Redis.
 */
export function setLimitHeaders(headers: Headers, { statuses, degraded }: LimitDecision): void {
  if (statuses.length > 0) {
    headers.set(
      "RateLimit-Policy",
      formatList(statuses, ({ limit, windowSeconds }) => `q=${limit};w=${windowSeconds}`),
    );
    headers.set(
      "RateLimit",
      formatList(
        tightestFirst(statuses),
        (_, status) => `r=${status.remaining};t=${secondsUntilReset(status)}`,
      ),
    );
  }
  if (degraded) headers.set("RateLimit-Degraded", degraded);
}

/** The library keeps a caller that is on a deny list in memory for as long. */
const DENIED_SECONDS = 60;

/** Whole seconds until a refused caller may try again, at least 1. */
export function getRetryAfterSeconds({ statuses, denied }: LimitDecision): number {
  if (denied) return DENIED_SECONDS;
  return Math.max(1, ...statuses.filter(({ remaining }) => remaining === 0).map(secondsUntilReset));
}

/** Whole seconds until the next token comes back, at least 1. */
function secondsUntilReset({ resetAt }: LimitStatus): number {
  return Math.max(1, Math.ceil((resetAt - now()) / 1000));
}

function formatList(
  statuses: readonly LimitStatus[],
  parameters: (policy: LimitStatus["policy"], status: LimitStatus) => string,
): string {
  return statuses.map((status) => `"${status.policy.name}";${parameters(status.policy, status)}`).join(", ");
}
