import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { PrismaPg } from "@prisma/adapter-pg";
import { Prisma, PrismaClient } from "../../prisma/generated/client";
import { processState } from "../core/process-state";
import { createPool, logLostConnection, STATEMENT_LIMIT_MS, statementLimit } from "./pool";
import { isConflict } from "./sql-errors";

function createClient(): PrismaClient {
  const adapter = new PrismaPg(createPool(), { onPoolError: logLostConnection, disposeExternalPool: true });
  return new PrismaClient({ adapter });
}

/** One pool for all bundles, and none leaked by each reload of a development server. */
const state = processState<{ client?: PrismaClient | undefined }>("db", () => ({}));

/** This process's Prisma client. Created on first use. */
export function db(): PrismaClient {
  state.client ??= createClient();
  return state.client;
}

/** Closes the pool, so that scripts and tests can exit. */
export async function disconnectDb(): Promise<void> {
  await state.client?.$disconnect();
  state.client = undefined;
}

export type Transaction = Prisma.TransactionClient;

/** Limits of a transaction and of the wait for its connection: do no network calls inside a transaction. */
const TRANSACTION_TIMEOUT_MS = 10_000;
const MAX_CONNECTION_WAIT_MS = 5_000;
/** By how much the server's limit of a long statement is shorter than its caller's. */
const LONG_STATEMENT_MARGIN_MS = 2_000;

interface TransactionOptions {
  /**
   * Limit of the whole transaction in ms, and so of each of its statements, for work that is longer than a request: a
   * batch, or a command. Its waits for locks keep the usual limit.
   */
  timeoutMs?: number;
}

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
export async function transaction<R>(
  write: (tx: Transaction) => Promise<R>,
  { timeoutMs = TRANSACTION_TIMEOUT_MS }: TransactionOptions = {},
): Promise<R> {
  let hooks: CommitHook[] = [];
  let result: R;
  const run = () =>
    db().$transaction(
      async (tx) => {
        hooks = [];
        hooksByTransaction.set(tx, hooks);
        if (timeoutMs > STATEMENT_LIMIT_MS) await extendStatementTimeout(tx, timeoutMs);
        const scope = { isOpen: true };
        try {
          return await currentScope.run(scope, () => write(tx));
        } finally {
          scope.isOpen = false;
        }
      },
      { timeout: timeoutMs, maxWait: MAX_CONNECTION_WAIT_MS },
    );
  try {
    result = await retryOnConflict(() =>
      timeoutMs > STATEMENT_LIMIT_MS ? statementLimit.run(timeoutMs, run) : run(),
    );
  } catch (error) {
    for (const { onFailure } of hooks) onFailure();
    throw error;
  }
  await Promise.all(hooks.map(({ onCommit }) => onCommit()));
  return result;
}

/** `SET LOCAL`: ends with the transaction, so a pooler can give the connection to another client. */
async function extendStatementTimeout(tx: Transaction, timeoutMs: number): Promise<void> {
  const serverLimitMs = Math.round(timeoutMs - LONG_STATEMENT_MARGIN_MS);
  await tx.$executeRaw(Prisma.raw(`SET LOCAL statement_timeout = ${serverLimitMs}`));
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

/** Enough for statements that take locks in a fixed order; more would hide a design error. */
const MAX_ATTEMPTS = 5;
const INITIAL_RETRY_DELAY_MS = 10;

/**
 * Repeats a statement or transaction that Postgres aborted as a deadlock victim (40P01) or for a serialization
 * failure (40001): in both cases nothing was applied.
 */
export async function retryOnConflict<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isConflict(error)) throw error;
      await delay(INITIAL_RETRY_DELAY_MS * 2 ** attempt * Math.random());
    }
  }
}
