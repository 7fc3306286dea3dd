import type { FlowKey, FlowSettings } from "./model";
import type { State } from "./state";

/** How a flow control key's settings and count change: part of `applyRecord`, so no clock and no chance. */

/** When the next attempt of this key may start as far as its rate goes: now, or the end of the period. */
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

/** The latest message's settings hold for its key, except what is pinned. */
export function configureFlow(state: State, settings: FlowSettings, at: number): void {
  const key = getOrCreateFlowKey(state, settings.key, at);
  key.usedAt = at;
  if (!key.pinnedParallelism) key.parallelism = settings.parallelism ?? 0;
  if (!key.pinnedRate) {
    key.rate = settings.rate ?? 0;
    key.period = settings.period ?? 1;
  }
}
