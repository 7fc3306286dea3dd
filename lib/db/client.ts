import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";
import { PrismaClient } from "../../prisma/generated/client";
import { env } from "../core/env";
import { log } from "../core/log";

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
