import { env } from "./env";

/**
 * Every point in the code where a test can inject a fault. A name that is not listed does not compile, and a name
 * that no fault test reaches fails the fault suite (tests/faults/tasks/failpoints.test.ts).
 */
export const FAILPOINTS = [
  "cache.committed",
  "cache.loaded",
  /** A batch has the views of its first call, and may get more. */
  "views.sync.claiming",
  "views.sync.claimed",
  "views.sync.persisted",
  "views.sync.finished",
  /** The task's row is written, the transaction has not committed. */
  "tasks.enqueued",
  /** The transaction has committed, the message is not published to QStash. */
  "tasks.committed",
  /** QStash did not take the task, and this process has not begun to run it. */
  "tasks.rejected",
  /** QStash has accepted the messages, the rows are not marked as published. */
  "tasks.published",
  /** The sweeper has claimed due tasks, and has not published them. */
  "tasks.swept",
  /** A delivery has the lease, its handler has not started. */
  "tasks.claimed",
  /** The handler's part outside the transaction is done. */
  "tasks.prepared",
  /** Effects and completion are written, the transaction has not committed. */
  "tasks.completing",
  /** Effects and completion have committed, QStash has no response. */
  "tasks.completed",
  /** The row is marked as failed or dead, QStash has no response. */
  "tasks.failed",
  /** A change of sessions has committed, Redis is not updated. */
  "sessions.committed",
  /** A refresh token was rotated, the client has no response. */
  "sessions.rotated",
  /** An order is placed and its stock is reserved, the payment provider has not been called. */
  "shop.order.placed",
  /** The provider has opened a checkout, the order does not have it. */
  "shop.checkout.opened",
  /** The payment event is applied, the transaction has not committed. */
  "shop.event.applied",
  /** The payment event has committed, the provider has no response. */
  "shop.event.committed",
  /** The provider has made a refund, it is not recorded. */
  "shop.refund.made",
  /** A mint's metadata and cover are in the store, it has no nonce. */
  "nft.metadata.stored",
  /** A mint has a nonce, and nothing is signed for it. */
  "nft.nonce.assigned",
  /** The signed transaction is stored, no node has it. */
  "nft.transaction.signed",
  /** A node has the transaction, which is not recorded. */
  "nft.transaction.sent",
  /** The chain was asked about a mint, and the answer is not recorded. */
  "nft.outcome.found",
  /** A run of a bot's execution is written, the transaction has not committed. */
  "bot.run.written",
  /** The run has committed, nothing of it is sent. */
  "bot.run.committed",
  /** Telegram has a message, and that is not recorded. */
  "bot.message.sent",
  /** The slow part of a step is done (a call, a lock), and nothing of it is recorded. */
  "bot.step.prepared",
  /** A chat message is written or changed, neither Redis nor the subscribers have it. */
  "chat.committed",
  /** A sound is measured or encoded, nothing is stored. */
  "transcoding.encoded",
  /** What was made is in the store, no row names it. */
  "transcoding.stored",
  /** One variant of a file is in the public store, and no row names it. */
  "media.variant.stored",
  /** A file is examined and all that is made of it is stored, and no row names it. */
  "media.examined",
  /** The bytes of a deleted file and its variants are deleted, the rows are not. */
  "media.bytes.deleted",
  /** An account's deletion is requested and committed, nothing is hidden in Redis. */
  "privacy.requested",
  /** An operator's action is in the audit log, and is not done. */
  "ops.action.recorded",
  /** A batch of an account's rows is erased. */
  "privacy.batch.erased",
  /** The account's row is deleted, the task is not completed. */
  "privacy.erased",
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

type FaultHandler = (name: Failpoint) => Promise<void>;

let faultHandler: FaultHandler | undefined;

/**
 * Does nothing unless `FAILPOINT=<name>`: then the process kills itself here without clean-up, as in a power cut.
 * Within one process a test can inject other faults: throw, wait, repeat the call. From dbos-transact's debug points.
 */
export async function failpoint(name: Failpoint): Promise<void> {
  if (env().FAILPOINT === name) process.kill(process.pid, "SIGKILL");
  if (faultHandler) await faultHandler(name);
}

/** For tests: runs the handler at every failpoint from now on. @returns a function that removes it */
export function injectFault(handler: FaultHandler): () => void {
  faultHandler = handler;
  return () => {
    faultHandler = undefined;
  };
}
