import { Client } from "pg";
import { inject } from "vitest";
import { newId } from "@/lib/core/ids";
import { startEmbeddedPostgres } from "@/local/postgres/embedded";
import { applyMigrations } from "@/local/postgres/migrate";
import { type QstashOptions, type RunningQstash, startQstash } from "@/local/qstash";
import { freePort } from "./real-postgres";
import { workerStack } from "./worker-stack";

export interface IsolatedBackends {
  databaseUrl: string;
  qstash: RunningQstash;
  /** Where QStash delivers: the port of `APP_URL`. */
  appPort: number;
  /** Call `disconnectDb` before. */
  stop(): Promise<void>;
}

const TOKEN = "own-backends";

/**
 * Starts an empty database (of the same kind as the run's) and a QStash for one file: a sweep takes every task in the
 * database, also those of other files. Call it at the top of a file; the environment points there from then on.
 *
 * @param options  of QStash; `retryScale` is a factor for its waits between attempts, the last of which is 30 minutes
 */
export async function startIsolatedBackends(
  options: Pick<QstashOptions, "retryScale" | "plan"> = {},
): Promise<IsolatedBackends> {
  const [database, qstash, appPort] = await Promise.all([
    createIsolatedDatabase(),
    startQstash({ dataDir: null, token: TOKEN, retryScale: 0.001, ...options }),
    freePort(),
  ]);
  await applyMigrations(database.url);
  Object.assign(process.env, {
    APP_URL: `http://127.0.0.1:${appPort}`,
    DATABASE_URL: database.url,
    QSTASH_URL: qstash.url,
    QSTASH_TOKEN: TOKEN,
    QSTASH_CURRENT_SIGNING_KEY: qstash.keys.current,
    QSTASH_NEXT_SIGNING_KEY: qstash.keys.next,
  });
  return {
    databaseUrl: database.url,
    qstash,
    appPort,
    stop: async () => {
      await qstash.close();
      await database.stop();
    },
  };
}

async function createIsolatedDatabase(): Promise<{ url: string; stop(): Promise<void> }> {
  // PGlite has one database.
  if (!workerStack().real)
    return startEmbeddedPostgres({ dataDir: null, port: 0, snapshot: inject("postgresSnapshot") });
  const name = `test_${newId().replaceAll("-", "")}`;
  const server = process.env.DATABASE_URL ?? "";
  await runStatement(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.toString(), stop: () => runStatement(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function runStatement(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
