import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";
import { type Prisma, PrismaClient } from "../../prisma/generated/client";
import { env } from "../core/env";
import { log } from "../core/log";
import { isConflict } from "./sql-errors";

/** One function instance serves few concurrent requests; a pooler in front of Postgres shares its connections. */
const POOL_SIZE = 10;
/** Time limit to connect; after it Postgres counts as down, and a 503 is better than a longer wait. */
const CONNECT_TIMEOUT_MS = 3_000;
/** Longer than any statement of a request; a hung statement must not block its connection forever. */
const STATEMENT_TIMEOUT_MS = 10_000;

function createClient(): PrismaClient {
  const pool = new Pool({
    connectionString: env().DATABASE_URL,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
  });
  // The pool handles errors of idle connections, and the adapter those of connections in use. In between, an `error`
  // event of a closed connection would have no listener and end the process.
  pool.on("connect", (client) => client.on("error", logLostConnection));
  const adapter = new PrismaPg(pool, { onPoolError: logLostConnection, disposeExternalPool: true });
  return new PrismaClient({ adapter });
}

function logLostConnection(error: Error): void {
  log().warn({ err: error }, "Postgres connection lost");
}

/** Kept on globalThis: a development server that reloads modules would otherwise leak a pool per reload. */
const globalState = globalThis as typeof globalThis & { normaldanceDb?: PrismaClient };

/** This process's Prisma client. Created on first use. */
export function db(): PrismaClient {
  globalState.normaldanceDb ??= createClient();
  return globalState.normaldanceDb;
}

/** Closes the pool, so that scripts and tests can exit. */
export async function disconnectDb(): Promise<void> {
  await globalState.normaldanceDb?.$disconnect();
  delete globalState.normaldanceDb;
}

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
