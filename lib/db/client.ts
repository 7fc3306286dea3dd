import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";
import { env } from "../core/env";
import { log } from "../core/log";
import { PrismaClient } from "./generated/client";

/** One function instance serves few requests at a time; a pooler in front of Postgres takes care of the rest. */
const POOL_SIZE = 10;
/** Postgres that does not take a connection within this is down: a 503 beats a wait. */
const CONNECT_TIMEOUT_MS = 3_000;
/** No statement of a request takes longer; a hung one must not hold its connection for ever. */
const STATEMENT_TIMEOUT_MS = 10_000;

function createClient(): PrismaClient {
  const pool = new Pool({
    connectionString: env().DATABASE_URL,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
  });
  // The pool listens to idle connections and the adapter to those it has begun to use. One that Postgres ends in
  // between would be an event that nobody listens to, and that ends the process.
  pool.on("connect", (client) => client.on("error", logLostConnection));
  const adapter = new PrismaPg(pool, { onPoolError: logLostConnection, disposeExternalPool: true });
  return new PrismaClient({ adapter });
}

function logLostConnection(error: Error): void {
  log().warn({ err: error }, "Postgres connection lost");
}

/** Kept on globalThis: a development server that reloads modules would leak a pool at every change. */
const globalState = globalThis as typeof globalThis & { normaldanceDb?: PrismaClient };

/** This process's Prisma client. Made on first use. */
export function db(): PrismaClient {
  globalState.normaldanceDb ??= createClient();
  return globalState.normaldanceDb;
}

/** Closes the pool; for scripts and tests that must end. */
export async function disconnectDb(): Promise<void> {
  await globalState.normaldanceDb?.$disconnect();
  delete globalState.normaldanceDb;
}
