import { now } from "../core/clock";
import { type Period, periods } from "../schemas/period";
import { rebuildSpan } from "./board";
import { getSpan } from "./period";

/**
 * Rebuilds this week's, this month's and the all-time boards in Redis. Reads do so when a board is missing; this is
 * for operators who do not want to wait for that, or who suspect wrong sums.
 *
 * @returns how many rows the boards of each period have @throws {RedisUnavailableError}
 */
export async function rebuildLeaderboards(): Promise<{ period: Period; bucket: string; rows: number }[]> {
  const results = [];
  for (const period of periods) {
    const span = getSpan(period, now());
    results.push({ period, bucket: span.bucket, rows: await rebuildSpan(span) });
  }
  return results;
}
