/**
 * hitL1   served from this process's memory
 * hitL2   served from Redis
 * stale   served past its TTL while it is refreshed (not a hit)
 * miss    not in the cache
 * load    a loader was called
 * wait    a lookup waited for another process
 * error   Redis did not answer, an entry was unusable, or a background load failed
 */
export type CacheEvent = "hitL1" | "hitL2" | "stale" | "miss" | "load" | "wait" | "error";

export type CacheCounts = Record<CacheEvent, number>;

const zeroCounts = (): CacheCounts => ({ hitL1: 0, hitL2: 0, stale: 0, miss: 0, load: 0, wait: 0, error: 0 });

/** Counts of one process since its start. */
export class CacheStats {
  private readonly counts = new Map<string, CacheCounts>();

  count(namespace: string, event: CacheEvent): void {
    const counts = this.counts.get(namespace) ?? zeroCounts();
    counts[event] += 1;
    this.counts.set(namespace, counts);
  }

  /** Totals, and the counts of each namespace that was used. */
  snapshot(): { total: CacheCounts; namespaces: Record<string, CacheCounts> } {
    const total = zeroCounts();
    const namespaces: Record<string, CacheCounts> = {};
    for (const [namespace, counts] of this.counts) {
      namespaces[namespace] = { ...counts };
      for (const [event, count] of Object.entries(counts)) total[event as CacheEvent] += count;
    }
    return { total, namespaces };
  }
}
