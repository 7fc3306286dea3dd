import { AsyncLocalStorage } from "node:async_hooks";
import { attachDatabasePool } from "@vercel/functions/db-connections";
import { Client, type ClientConfig, Pool, type PoolClient } from "pg";
import { observe } from "../core/counters";
import { env } from "../core/env";
import { log } from "../core/log";
import { processState } from "../core/process-state";
import { startSpan } from "../core/trace";

/** Time limit to connect; after it Postgres counts as down, and a 503 is better than a longer wait. */
const CONNECT_TIMEOUT_MS = 3_000;
/**
 * The client's limit of a statement. Longer than the server's (lib/db/role-settings.ts), which must give up first, so
 * it is only reached when the server does not answer at all.
 */
export const STATEMENT_LIMIT_MS = 10_000;
/** An idle instance keeps no connection for longer, so that many instances can share one Postgres. */
const IDLE_TIMEOUT_MS = 5_000;
/** Connections are renewed, so that changed settings of the role and a new primary reach a long-lived server. */
const MAX_CONNECTION_AGE_SECONDS = 300;

/** Of a statement in a trace. */
const MAX_TRACED_TEXT_LENGTH = 500;

/** The client's limit (ms) for the statements of the current call, where it is not {@link STATEMENT_LIMIT_MS}. */
export const statementLimit = processState("statementLimit", () => new AsyncLocalStorage<number>());

declare module "pg" {
  interface Client {
    /** The parameters of the start-up message; not in the package's types. */
    getStartupConf(): Record<string, string | undefined>;
  }
}

/**
 * A connection whose zone is UTC, whatever server, role and process are set to: Prisma's adapter sends times without a
 * zone and takes those that it reads for UTC. Every pooler accepts the start-up parameter, since JDBC sends it too.
 */
class UtcClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    this.query = new Proxy(this.query, {
      apply(query, client, [statement, ...rest]) {
        const limitMs = statementLimit.getStore();
        const hasLimit = limitMs !== undefined && typeof statement === "object" && statement !== null;
        const limited = hasLimit ? { ...statement, query_timeout: limitMs } : statement;
        return countStatement(statement, (wrapCallback) =>
          Reflect.apply(query, client, [limited, ...rest.map(wrapCallback)]),
        );
      },
    });
  }

  override getStartupConf(): Record<string, string | undefined> {
    return { ...super.getStartupConf(), TimeZone: "UTC" };
  }
}

/**
 * @param statement  as pg takes it; its text has placeholders, and no values
 * @param send  calls pg's `query`: it answers by a promise, or by its last argument, which `wrapCallback` replaces
 */
function countStatement(
  statement: unknown,
  send: (wrapCallback: (argument: unknown) => unknown) => unknown,
): unknown {
  const startedAt = performance.now();
  const endSpan = startSpan(() => {
    const text = statementText(statement);
    return {
      name: /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? "SQL",
      attributes: {
        "db.system.name": "postgresql",
        "db.query.text": text.trim().slice(0, MAX_TRACED_TEXT_LENGTH),
      },
    };
  });
  const count = (outcome: "ok" | "error") => {
    observe("sql_statement_duration_seconds", [outcome], (performance.now() - startedAt) / 1_000);
    endSpan(outcome === "error");
  };
  const result = send((argument) => {
    if (typeof argument !== "function") return argument;
    return (error: unknown, ...results: unknown[]) => {
      count(error ? "error" : "ok");
      return argument(error, ...results);
    };
  });
  if (result instanceof Promise)
    result.then(
      () => count("ok"),
      () => count("error"),
    );
  return result;
}

function statementText(statement: unknown): string {
  if (typeof statement === "string") return statement;
  const isConfig = typeof statement === "object" && statement !== null && "text" in statement;
  return isConfig ? String(statement.text) : "";
}

/** The pool of this process. On Vercel an instance stays alive until its idle connections are closed. */
export function createPool(): Pool {
  const pool = new Pool({
    Client: UtcClient,
    connectionString: env().DATABASE_URL,
    max: env().DATABASE_POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_LIMIT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    maxLifetimeSeconds: MAX_CONNECTION_AGE_SECONDS,
    keepAlive: true,
  });
  // The pool handles errors of idle connections, and the adapter those of connections in use. In between, an `error`
  // event of a closed connection would have no listener and end the process.
  pool.on("connect", (client) => client.on("error", logLostConnection));
  pool.on("release", (_error, client) => closeUnlessIdle(client));
  attachDatabasePool(pool);
  return pool;
}

/**
 * Closes a connection that is released inside a transaction, because its rollback got no answer in time. The next user
 * of the connection would otherwise commit what had failed for its previous user.
 */
function closeUnlessIdle(client: PoolClient): void {
  if (client.getTransactionStatus() === "I" || !(client instanceof Client)) return;
  client.end().catch(logLostConnection);
}

export function logLostConnection(error: Error): void {
  log().warn({ err: error }, "Postgres connection lost");
}
