import { now } from "../core/clock";
import { rebuildSpan } from "./board";
import { getSpan, type Period, periods } from "./period";

/**
 * Builds this week's, this month's and the all-time boards in Redis anew. Pages do that by themselves when they
 * find none; this is for operators who do not want to wait for that, or do not believe what they see.
 *
 * @returns how many places the boards of each period have @throws {RedisUnavailableError}
 */
export async function rebuildLeaderboards(): Promise<{ period: Period; bucket: string; places: number }[]> {
  const results = [];
  for (const period of periods) {
    const span = getSpan(period, now());
    results.push({ period, bucket: span.bucket, places: await rebuildSpan(span) });
  }
  return results;
}
