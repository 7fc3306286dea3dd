import type { FlowKey, FlowSettings } from "./model";
import type { State } from "./state";

/** Changes of a flow control key's settings and count: part of `applyRecord`, so no clock and no random numbers. */

/** When the rate of a key allows the next attempt: now, or at the end of the period (unix ms). */
export function rateAvailableAt(key: FlowKey, now: number): number {
  if (key.rate === 0 || key.rateCount < key.rate) return now;
  return Math.max(now, key.periodStart + key.period * 1000);
}

export function countStart(key: FlowKey, at: number): void {
  if (at >= key.periodStart + key.period * 1000) resetRate(key, at);
  key.rateCount++;
  key.usedAt = at;
}

export function resetRate(key: FlowKey, at: number): void {
  key.rateCount = 0;
  key.periodStart = at;
}

export function getOrCreateFlowKey(state: State, key: string, at: number): FlowKey {
  const existing = state.flowKeys.get(key);
  if (existing) return existing;
  const created: FlowKey = {
    key,
    parallelism: 0,
    rate: 0,
    period: 1,
    paused: false,
    pinnedParallelism: false,
    pinnedRate: false,
    rateCount: 0,
    periodStart: 0, // the first attempt begins the first period
    usedAt: at,
  };
  state.flowKeys.set(key, created);
  return created;
}

/** Applies the settings of the latest message to its key, except pinned ones. */
export function configureFlow(state: State, settings: FlowSettings, at: number): void {
  const key = getOrCreateFlowKey(state, settings.key, at);
  key.usedAt = at;
  if (!key.pinnedParallelism) key.parallelism = settings.parallelism ?? 0;
  if (!key.pinnedRate) {
    key.rate = settings.rate ?? 0;
    key.period = settings.period ?? 1;
  }
}
