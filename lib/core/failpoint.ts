import { env } from "./env";

/**
 * Every named place where a test lets something go wrong. A place that is not here does not compile, and one
 * that no fault test visits fails the fault suite (tests/faults/tasks/failpoints.test.ts).
 */
export const FAILPOINTS = [
  "cache.committed",
  "cache.loaded",
  "views.sync.claimed",
  "views.sync.persisted",
  "views.sync.finished",
  /** A task's row is in the transaction, which has not committed. */
  "tasks.enqueued",
  /** The transaction has committed, QStash has not been asked. */
  "tasks.committed",
  /** QStash has taken the messages, nobody has noted it. */
  "tasks.published",
  /** The sweeper has claimed due tasks and not published them. */
  "tasks.swept",
  /** A delivery has the lease, its handler has not begun. */
  "tasks.claimed",
  /** The outside half is done. */
  "tasks.prepared",
  /** Effects and completion are in the transaction, which has not committed. */
  "tasks.completing",
  /** Effects and completion have committed, QStash has no answer. */
  "tasks.completed",
  /** The row is marked as failed or dead, QStash has no answer. */
  "tasks.failed",
  /** A change of sessions has committed, Redis does not know of it. */
  "sessions.committed",
  /** A refresh token was changed for the next one, the device has no answer. */
  "sessions.rotated",
  /** An order is placed and its goods are reserved, the payment provider has not been asked. */
  "shop.order.placed",
  /** The provider has opened a checkout, the order does not know of it. */
  "shop.checkout.opened",
  /** What the provider told is in the transaction, which has not committed. */
  "shop.event.applied",
  /** What the provider told has committed, the provider has no answer. */
  "shop.event.committed",
  /** The provider has given money back, nobody has noted it. */
  "shop.refund.made",
  /** A chat message is written or changed, neither Redis nor anybody who listens knows of it. */
  "chat.committed",
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

type FaultHandler = (name: Failpoint) => Promise<void>;

let faultHandler: FaultHandler | undefined;

/**
 * Does nothing, unless `FAILPOINT=<name>`: then the process dies here as if the power were cut, with no
 * clean-up. Inside one process a test may do what it likes here instead: throw, wait, do the same thing again.
 * From dbos-transact's debug points.
 */
export async function failpoint(name: Failpoint): Promise<void> {
  if (env().FAILPOINT === name) process.kill(process.pid, "SIGKILL");
  if (faultHandler) await faultHandler(name);
}

/** For tests: what happens at every failpoint from now on; returns what takes it away. */
export function injectFault(handler: FaultHandler): () => void {
  faultHandler = handler;
  return () => {
    faultHandler = undefined;
  };
}
