import type { LimitBucket, LimitStatus } from "./buckets";

/** How one policy's requests were decided since the process began. */
export interface LimitCounts {
  allowed: number;
  refused: number;
  /** Of both: decided without Redis. */
  degraded: number;
}

const counts = new Map<string, LimitCounts>();

/**
 * What this process's limiters decided, by policy: one that refused counts the refusal, and what passed counts for
 * the route's own. `open` is what passed because the limiter itself failed.
 *
 * The gate at the edge and the server are two processes here, even where one program runs both: each knows its own.
 */
export function limitStats(): Record<string, LimitCounts> {
  return Object.fromEntries([...counts].map(([policy, policyCounts]) => [policy, { ...policyCounts }]));
}

/** @param buckets  what was asked for; none when the limiter failed */
export function recordDecision(
  buckets: readonly LimitBucket[],
  {
    allowed,
    statuses,
    degraded,
  }: { allowed: boolean; statuses: readonly LimitStatus[]; degraded: string | null },
): void {
  const exhausted = allowed ? undefined : statuses.find(({ remaining }) => remaining === 0);
  const policy = exhausted?.policy.name ?? buckets[0]?.policy.name ?? "open";
  const policyCounts = counts.get(policy) ?? { allowed: 0, refused: 0, degraded: 0 };
  if (allowed) policyCounts.allowed += 1;
  else policyCounts.refused += 1;
  if (degraded) policyCounts.degraded += 1;
  counts.set(policy, policyCounts);
}
