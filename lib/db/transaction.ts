import { db } from "./client";
import { retryOnConflict } from "./conflict";
import type { Prisma } from "./generated/client";

export type Transaction = Prisma.TransactionClient;

/** Longest a transaction may take and wait for a connection: no outside work belongs inside one. */
const TRANSACTION_TIMEOUT_MS = 10_000;
const MAX_CONNECTION_WAIT_MS = 5_000;

/** What is to be done once the transaction has committed. A transaction that was rolled back takes them with it. */
const hooksByTransaction = new WeakMap<Transaction, (() => void)[]>();

/**
 * Runs a write in one transaction, and what it left with {@link afterCommit} once it has committed. A deadlock's
 * victim is run again from the start, so `write` must have no effect outside the transaction.
 *
 * @throws what `write` throws; nothing is written then
 */
export async function transaction<R>(write: (tx: Transaction) => Promise<R>): Promise<R> {
  let commitHooks: (() => void)[] = [];
  const result = await retryOnConflict(() =>
    db().$transaction(
      (tx) => {
        commitHooks = [];
        hooksByTransaction.set(tx, commitHooks);
        return write(tx);
      },
      { timeout: TRANSACTION_TIMEOUT_MS, maxWait: MAX_CONNECTION_WAIT_MS },
    ),
  );
  for (const hook of commitHooks) hook();
  return result;
}

/**
 * Speed, not safety: a process that dies between commit and hook does not run it. In a transaction that was not
 * opened by {@link transaction} nothing is run.
 *
 * @param hook  must not throw
 */
export function afterCommit(tx: Transaction, hook: () => void): void {
  hooksByTransaction.get(tx)?.push(hook);
}
