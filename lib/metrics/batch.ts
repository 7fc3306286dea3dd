import { z } from "zod";
import { addCounts, increment, takeCounts } from "../core/counters";
import { newId } from "../core/ids";
import { processState } from "../core/process-state";

/** What one instance counted between two flushes. */

export const countsSchema = z.record(
  z.string(),
  z.record(z.string(), z.union([z.number(), z.array(z.number())])),
);

export const batchSchema = z.object({
  /** UUID v7; it is added up once, by whatever way and however often it arrives. */
  id: z.uuid(),
  /** By minute since 1970. */
  minutes: z.record(z.string().regex(/^\d+$/), countsSchema),
});

export type Batch = z.infer<typeof batchSchema>;

/** Batches that a process keeps while neither Redis nor Postgres takes them, the newest: half an hour. */
const MAX_KEPT_BATCHES = 30;

const state = processState<{ kept: Batch[] }>("metricBatches", () => ({ kept: [] }));

/** The counts of this process since the last call, and batches that were put back. */
export function takeBatches(): Batch[] {
  const { kept } = state;
  state.kept = [];
  const counts = takeCounts();
  if (counts.size === 0) return kept;
  return [...kept, { id: newId(), minutes: Object.fromEntries(counts) }];
}

/** For the next flush. */
export function putBack(batches: readonly Batch[]): void {
  const kept = [...state.kept, ...batches];
  const lost = kept.length - MAX_KEPT_BATCHES;
  if (lost > 0) increment("metric_batches_lost_total", [], lost);
  state.kept = kept.slice(-MAX_KEPT_BATCHES);
}

/** Adds the batches' counts up by minute. */
export function sumByMinute(batches: readonly Batch[]): Map<number, z.infer<typeof countsSchema>> {
  const sums = new Map<number, z.infer<typeof countsSchema>>();
  for (const { minutes } of batches) {
    for (const [minute, counts] of Object.entries(minutes)) {
      const sum = sums.get(Number(minute)) ?? {};
      addCounts(sum, counts);
      sums.set(Number(minute), sum);
    }
  }
  return sums;
}
