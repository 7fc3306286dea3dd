import type { LimitPolicy } from "./policies";

/**
 * Tokens that Redis has reserved for this process, for requests that need no call. The ones used from it are unreported
 * until the process's next call, which gives the whole reservation up.
 */
export interface Lease {
  /** Milliseconds since the epoch. Before it the clock was set back, and the lease is not used. */
  readonly from: number;
  /** Not used from then on (ms). Redis counts what is reserved for one window longer. */
  readonly until: number;
  readonly size: number;
  used: number;
}

/**
 * Share of a limit that all processes together may have reserved: a caller is not refused before nine tenths of the
 * limit have passed, whatever became of the processes that reserved the rest.
 */
const RESERVABLE_SHARE = 0.1;
/**
 * Share of the window that a lease is used for. An open page's heartbeats, half a minute apart, find the lease of the
 * one before. The rest is how far two processes' clocks may differ: Redis takes a slot more than a window ahead for one
 * of a wrong clock.
 */
const LEASE_SHARE = 0.75;

/** How many tokens all processes together may have reserved. */
export function reservableTokens({ limit }: LimitPolicy): number {
  return Math.floor(limit * RESERVABLE_SHARE);
}

export function leaseEnd(requestedAt: number, { windowSeconds }: LimitPolicy): number {
  return requestedAt + Math.floor(windowSeconds * 1000 * LEASE_SHARE);
}

/** How many requests to expect during a lease, if the caller continues as in the last window. */
export function expectedRequests(inLastWindow: number): number {
  return Math.floor(inLastWindow * LEASE_SHARE);
}

/** How many tokens of a lease can be used at this time (ms). */
export function usableTokens(lease: Lease | null, time: number): number {
  return lease && lease.from <= time && time < lease.until ? lease.size - lease.used : 0;
}
