import { AsyncLocalStorage } from "node:async_hooks";
import type { Prisma } from "../../prisma/generated/client";
import { db } from "./client";
import { retryOnConflict } from "./conflict";

export type Transaction = Prisma.TransactionClient;

/** Limits of a transaction and of the wait for its connection: do no network calls inside a transaction. */
const TRANSACTION_TIMEOUT_MS = 10_000;
const MAX_CONNECTION_WAIT_MS = 5_000;

/** Hooks to run after each transaction commits. A rollback discards them. */
const hooksByTransaction = new WeakMap<Transaction, (() => void)[]>();

/** The transaction that the current call runs in. What it leaves running keeps the scope, so its end is recorded. */
const currentScope = new AsyncLocalStorage<{ isOpen: boolean }>();

/** Whether the current call runs inside {@link transaction}. */
export function isInTransaction(): boolean {
  return currentScope.getStore()?.isOpen ?? false;
}

/**
 * Runs `write` in one transaction, and after the commit the hooks that it registered with {@link afterCommit}. A
 * deadlock's victim is run again from the start, so `write` must have no effect outside the transaction.
 *
 * @throws what `write` throws, after a rollback; the outcome is unknown if the connection is lost during the commit
 */
export async function transaction<R>(write: (tx: Transaction) => Promise<R>): Promise<R> {
  let commitHooks: (() => void)[] = [];
  const result = await retryOnConflict(() =>
    db().$transaction(
      async (tx) => {
        commitHooks = [];
        hooksByTransaction.set(tx, commitHooks);
        const scope = { isOpen: true };
        try {
          return await currentScope.run(scope, () => write(tx));
        } finally {
          scope.isOpen = false;
        }
      },
      { timeout: TRANSACTION_TIMEOUT_MS, maxWait: MAX_CONNECTION_WAIT_MS },
    ),
  );
  for (const hook of commitHooks) hook();
  return result;
}

/**
 * Registers a best-effort hook: a process that dies between commit and hook does not run it. Only works inside
 * {@link transaction}; for another transaction client the hook is ignored.
 *
 * @param hook  must not throw
 */
export function afterCommit(tx: Transaction, hook: () => void): void {
  hooksByTransaction.get(tx)?.push(hook);
}
