import { now } from "../core/clock";
import { defer } from "../core/defer";
import { isOutage } from "../core/http";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { processState } from "../core/process-state";
import { clearKnownInRedis } from "./known-in-redis";
import {
  LEASE_RENEWAL_THRESHOLD_MS,
  LOOKUPS_BEFORE_LEASE,
  LOOKUPS_WINDOW_MS,
  MAX_CHANGE_DURATION_MS,
  TRUST_LEASE_MS,
} from "./limits";
import { readMissedChanges } from "./rows";
import * as store from "./store";

/**
 * The trust lease of the sessions in Redis (Gray and Cheriton, "Leases", 1989).
 *
 * While the key `sessions:told` lives, Redis has every revocation from before the catch-up that set it. A catch-up
 * reads Redis' clock, reads from Postgres which generations have grown since the last catch-up, writes them to Redis,
 * and then sets the key until {@link TRUST_LEASE_MS} after that clock reading. So
 *
 * - a revocation that never reached Redis, or was lost in a failover or a restore, is found within TRUST_LEASE_MS;
 * - a revocation that cannot reach Redis waits that long after the commit: every lease granted before it has expired
 *   when it resolves;
 * - an emptied Redis has no lease: Postgres is queried;
 * - processes need not know each other's state.
 *
 * While there is traffic, the whole fleet pays one small statement and two calls every few seconds. Without traffic
 * there is no lease, and each look-up is a statement and nothing else: Redis bills each command, and a catch-up costs
 * twice the commands of a look-up, which a lease that serves one or two does not save.
 */

const state = processState("sessionLease", () => ({
  /** When the one that is running, or will once a response is sent, was scheduled; ms by this process's clock. */
  scheduledAt: null as number | null,
  /** Look-ups of this process without a lease, since a time (ms). */
  withoutLease: { lookups: 0, since: 0 },
  /** There were enough of them: the next that finds no lease begins one. */
  isDue: false,
  /** When the lease that this process has seen last, or granted, ends; ms by its own clock. */
  leaseEndsAt: 0,
  /** When this process granted it. */
  grantedAt: 0,
}));

/**
 * Whether a look-up should ask Redis first: a lease is there by what this process has seen, or traffic begins and this
 * look-up finds out whether another process has begun a lease, and begins one else. Only a guess: what Redis says
 * decides.
 */
export function expectsLease(): boolean {
  return now() < state.leaseEndsAt || countWithoutLease();
}

/** @returns whether this look-up is the last of {@link LOOKUPS_BEFORE_LEASE} within the window */
function countWithoutLease(): boolean {
  if (now() - state.withoutLease.since > LOOKUPS_WINDOW_MS) state.withoutLease = { lookups: 0, since: now() };
  state.withoutLease.lookups += 1;
  if (state.withoutLease.lookups < LOOKUPS_BEFORE_LEASE) return false;
  state.withoutLease.lookups = 0;
  state.isDue = true;
  return true;
}

/**
 * Renews the trust lease after a look-up that found it about to end, and begins one after {@link LOOKUPS_BEFORE_LEASE}
 * look-ups without one.
 *
 * @param trustedForMs  what is left of the lease; 0: there is none
 * @param askedAt  when Redis was asked (ms by this process's clock)
 */
export function keepLease(trustedForMs: number, askedAt: number): void {
  if (trustedForMs === 0 && askedAt < state.grantedAt) return;
  state.leaseEndsAt = now() + trustedForMs;
  if (trustedForMs > 0) {
    state.withoutLease.lookups = 0;
    state.isDue = false;
    if (trustedForMs < LEASE_RENEWAL_THRESHOLD_MS) scheduleCatchUp();
  } else if (state.isDue || countWithoutLease()) {
    state.isDue = false;
    scheduleCatchUp();
  }
}

/**
 * Runs a catch-up once the response is sent, one at a time per process; only logs a failure. A response that takes long,
 * such as a stream's, holds up no other catch-up.
 */
export function scheduleCatchUp(): void {
  const at = now();
  if (state.scheduledAt !== null && at - state.scheduledAt < TRUST_LEASE_MS) return;
  state.scheduledAt = at;
  defer(async () => {
    try {
      await runCatchUp();
    } catch (error) {
      if (isOutage(error))
        log().debug({ err: error }, "session catch-up failed: Redis or Postgres unavailable");
      else log().error({ err: error }, "session catch-up failed");
    } finally {
      if (state.scheduledAt === at) state.scheduledAt = null;
    }
  });
}

/** Runs a catch-up that begins now, so that it includes the latest commit. @throws when Redis or Postgres is unavailable */
export function catchUpNow(): Promise<void> {
  return runCatchUp();
}

async function runCatchUp(): Promise<void> {
  const calledAt = now();
  const started = await store.startCatchUp(newId());
  // A change commits some time after the `changedAt` that it writes.
  const missed = await readMissedChanges(started.lagMs + MAX_CHANGE_DURATION_MS, started.isNew);
  await store.raise(missed.generations);
  await store.blacklist(missed.tokens);
  if (!(await store.finishCatchUp(started, TRUST_LEASE_MS))) return;
  if (started.isNew) clearKnownInRedis();
  state.grantedAt = now();
  state.leaseEndsAt = calledAt + TRUST_LEASE_MS;
}
