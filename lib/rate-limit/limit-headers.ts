import { now } from "../core/clock";
import type { LimitStatus } from "./buckets";
import type { LimitDecision } from "./limiter";

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers-11. `RateLimit-Policy` lists the route's policy, then
 * the person's; `RateLimit` begins with the one that will refuse first, or has. `RateLimit-Degraded` says
 * who decided in Redis' place.
 */
export function setLimitHeaders(headers: Headers, { statuses, degraded }: LimitDecision): void {
  if (statuses.length > 0) {
    headers.set(
      "RateLimit-Policy",
      formatList(statuses, ({ limit, windowSeconds }) => `q=${limit};w=${windowSeconds}`),
    );
    const mostRestrictive = [...statuses].sort((a, b) => a.remaining - b.remaining || b.resetAt - a.resetAt);
    headers.set(
      "RateLimit",
      formatList(mostRestrictive, (_, status) => `r=${status.remaining};t=${secondsUntilReset(status)}`),
    );
  }
  if (degraded) headers.set("RateLimit-Degraded", degraded);
}

/** Whole seconds until a refused caller may come back, at least one. */
export function getRetryAfterSeconds({ statuses }: LimitDecision): number {
  return Math.max(1, ...statuses.filter(({ remaining }) => remaining === 0).map(secondsUntilReset));
}

/** Until the next token comes back. */
function secondsUntilReset({ resetAt }: LimitStatus): number {
  return Math.max(1, Math.ceil((resetAt - now()) / 1000));
}

function formatList(
  statuses: readonly LimitStatus[],
  parameters: (policy: LimitStatus["policy"], status: LimitStatus) => string,
): string {
  return statuses.map((status) => `"${status.policy.name}";${parameters(status.policy, status)}`).join(", ");
}
