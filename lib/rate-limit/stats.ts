import { increment } from "../core/counters";
import type { LimitBucket, LimitStatus } from "./buckets";

/** Decisions of one policy since the process started. */
export interface LimitCounts {
  allowed: number;
  refused: number;
  /** The allowed and refused ones that were decided without Redis. */
  degraded: number;
}

const counts = new Map<string, LimitCounts>();

/**
 * The decisions of this process's limiters, by policy. A refusal counts for the policy that refused, an allowed
 * request for the route's own policy. `deny-list` counts refusals by a deny list, `open` requests that were allowed
 * because the limiter itself failed.
 *
 * The gate at the edge and the server count separately, even when one process runs both.
 */
export function limitStats(): Record<string, LimitCounts> {
  return Object.fromEntries([...counts].map(([policy, policyCounts]) => [policy, { ...policyCounts }]));
}

/** @param buckets  the request's buckets; none when the limiter failed */
export function recordDecision(
  buckets: readonly LimitBucket[],
  {
    allowed,
    statuses,
    degraded,
    denied,
  }: { allowed: boolean; statuses: readonly LimitStatus[]; degraded: string | null; denied?: true },
): void {
  const exhausted = allowed ? undefined : statuses.find(({ remaining }) => remaining === 0);
  const policy = denied ? "deny-list" : (exhausted?.policy.name ?? buckets[0]?.policy.name ?? "open");
  const policyCounts = counts.get(policy) ?? { allowed: 0, refused: 0, degraded: 0 };
  increment("rate_limit_decisions_total", [policy, allowed ? "allowed" : "refused"]);
  if (allowed) policyCounts.allowed += 1;
  else policyCounts.refused += 1;
  if (degraded) policyCounts.degraded += 1;
  counts.set(policy, policyCounts);
}
