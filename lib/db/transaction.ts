import { AsyncLocalStorage } from "node:async_hooks";
import type { Prisma } from "../../prisma/generated/client";
import { db } from "./client";
import { retryOnConflict } from "./conflict";

export type Transaction = Prisma.TransactionClient;

/** Limits of a transaction and of the wait for its connection: do no network calls inside a transaction. */
const TRANSACTION_TIMEOUT_MS = 10_000;
const MAX_CONNECTION_WAIT_MS = 5_000;

/** What follows a transaction's end. */
interface CommitHook {
  /** Runs after the commit. The caller of the transaction waits for the promise. */
  onCommit: () => void | Promise<void>;
  /** Runs instead when the transaction failed: it was rolled back, or its outcome is unknown. */
  onFailure: () => void;
}

const hooksByTransaction = new WeakMap<Transaction, CommitHook[]>();

/** The transaction that the current call runs in. What it leaves running keeps the scope, so its end is recorded. */
const currentScope = new AsyncLocalStorage<{ isOpen: boolean }>();

/** Whether the current call runs inside {@link transaction}. */
export function isInTransaction(): boolean {
  return currentScope.getStore()?.isOpen ?? false;
}

/**
 * Runs `write` in one transaction, and after the commit the hooks that it registered with {@link afterCommit}, all at
 * once. A deadlock's victim is run again from the start, so `write` must have no effect outside the transaction.
 *
 * @throws what `write` throws, after a rollback; the outcome is unknown if the connection is lost during the commit
 */
export async function transaction<R>(write: (tx: Transaction) => Promise<R>): Promise<R> {
  let hooks: CommitHook[] = [];
  let result: R;
  try {
    result = await retryOnConflict(() =>
      db().$transaction(
        async (tx) => {
          hooks = [];
          hooksByTransaction.set(tx, hooks);
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
  } catch (error) {
    for (const { onFailure } of hooks) onFailure();
    throw error;
  }
  await Promise.all(hooks.map(({ onCommit }) => onCommit()));
  return result;
}

/**
 * Registers a best-effort hook: a process that dies between commit and hook does not run it. Only works inside
 * {@link transaction}; for another transaction client the hook is ignored.
 *
 * @param onCommit   must not throw; the caller of `transaction` waits for its promise
 * @param onFailure  runs instead when the transaction failed, even if only its outcome is unknown; must not throw
 */
export function afterCommit(
  tx: Transaction,
  onCommit: () => void | Promise<void>,
  onFailure: () => void = () => {},
): void {
  hooksByTransaction.get(tx)?.push({ onCommit, onFailure });
}
