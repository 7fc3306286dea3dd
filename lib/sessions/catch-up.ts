import { defer } from "../core/defer";
import { isOutage } from "../core/http";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { MAX_CHANGE_DURATION_MS, TRUST_LEASE_MS } from "./limits";
import { readMissedChanges } from "./rows";
import * as store from "./store";

/**
 * Whether what Redis says about sessions may be believed: a lease on belief.
 *
 * The key `sessions:told` is there while Redis surely knows of every session that was ended before. It is set by a
 * catch-up: ask Redis's clock, read from Postgres whose generation grew since the last one, tell Redis, and only
 * then allow belief until {@link TRUST_LEASE_MS} after that first question. So
 *
 * - an end that Redis was not told of, lost in a failover, or undone by an old backup, is found within BELIEF_MS;
 * - whoever ends a session and cannot tell Redis waits that long after the commit: every belief that did not know
 *   of it has then run out (Gray and Cheriton, "Leases", 1989). When the answer is there, the session is gone;
 * - an emptied Redis has no such key: Postgres is asked;
 * - no process needs to know what another one has seen.
 *
 * It costs the whole fleet a small statement and two calls in a few seconds, while there is traffic.
 */

let runningCatchUp: Promise<void> | undefined;

/** Brings Redis up to date. One at a time in a process. @throws when Redis or Postgres does not answer */
function catchUp(): Promise<void> {
  runningCatchUp ??= runCatchUp().finally(() => {
    runningCatchUp = undefined;
  });
  return runningCatchUp;
}

/** The same once the answer is out, and without a word when a backend is away. */
export function scheduleCatchUp(): void {
  if (runningCatchUp) return;
  defer(() =>
    catchUp().catch((error: unknown) => {
      if (isOutage(error)) log().debug({ err: error }, "sessions are not caught up: a backend is away");
      else log().error({ err: error }, "sessions are not caught up");
    }),
  );
}

/** One that surely begins now: what has just been committed is in it. @throws as {@link catchUp} */
export function catchUpNow(): Promise<void> {
  return runCatchUp();
}

async function runCatchUp(): Promise<void> {
  const started = await store.startCatchUp(newId());
  // A change is written with its time some while before it commits.
  const missed = await readMissedChanges(started.lagMs + MAX_CHANGE_DURATION_MS, started.isNew);
  await store.raise(missed.generations);
  await store.blacklist(missed.tokens);
  await store.finishCatchUp(started, TRUST_LEASE_MS);
}
