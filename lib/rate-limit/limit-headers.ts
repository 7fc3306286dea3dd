import { now } from "../core/clock";
import type { Status } from "./buckets";
import type { Limited } from "./limiter";

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers-11. `RateLimit-Policy` lists the route's policy, then
 * the person's; `RateLimit` begins with the one that will refuse first, or has. `RateLimit-Degraded` says
 * who decided in Redis' place.
 */
export function setLimitHeaders(headers: Headers, { statuses, degraded }: Limited): void {
  if (statuses.length > 0) {
    headers.set(
      "RateLimit-Policy",
      list(statuses, ({ limit, windowSeconds }) => `q=${limit};w=${windowSeconds}`),
    );
    const tightest = [...statuses].sort((a, b) => a.remaining - b.remaining || b.resetAt - a.resetAt);
    headers.set(
      "RateLimit",
      list(tightest, (_, status) => `r=${status.remaining};t=${seconds(status)}`),
    );
  }
  if (degraded) headers.set("RateLimit-Degraded", degraded);
}

/** Whole seconds until a refused caller may come back, at least one. */
export function secondsLeft({ statuses }: Limited): number {
  return Math.max(1, ...statuses.filter(({ remaining }) => remaining === 0).map(seconds));
}

/** Until the next token comes back. */
function seconds({ resetAt }: Status): number {
  return Math.max(1, Math.ceil((resetAt - now()) / 1000));
}

function list(
  statuses: readonly Status[],
  parameters: (policy: Status["policy"], status: Status) => string,
): string {
  return statuses.map((status) => `"${status.policy.name}";${parameters(status.policy, status)}`).join(", ");
}
