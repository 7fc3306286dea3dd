import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { Client } from "pg";

const MIGRATIONS_DIR = path.resolve(import.meta.dirname, "../../prisma/migrations");

/** Prisma's table, as `prisma migrate deploy` creates it, so that the official command can take over. */
const MIGRATIONS_TABLE_SQL = `
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/** An arbitrary number that every process that migrates this project's databases uses. */
const ADVISORY_LOCK_ID = 72_707_369;

/** The database does not answer, or refuses the connection. */
export class DatabaseUnreachableError extends Error {
  constructor(databaseUrl: string, cause: Error) {
    const { hostname, port } = new URL(databaseUrl);
    const reason = "code" in cause && cause.message === "" ? String(cause.code) : cause.message;
    super(`DATABASE_URL: no connection to Postgres at ${hostname}:${port || 5432}: ${reason}`, { cause });
    this.name = "DatabaseUnreachableError";
  }
}

async function connect(databaseUrl: string): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl });
  try {
    await client.connect();
    return client;
  } catch (cause) {
    throw cause instanceof Error ? new DatabaseUnreachableError(databaseUrl, cause) : cause;
  }
}

/**
 * Applies the pending migrations, each in its own transaction. An advisory lock serializes concurrent calls.
 *
 * @param databaseUrl  not through a pooler in transaction mode, where the lock would stay with another connection
 * @returns the names of the migrations applied by this call
 * @throws {DatabaseUnreachableError}
 * @throws when an applied migration was changed since, or one fails (it is rolled back; earlier ones stay)
 */
export async function applyMigrations(databaseUrl: string): Promise<string[]> {
  const client = await connect(databaseUrl);
  try {
    await lockMigrations(client);
    await client.query(MIGRATIONS_TABLE_SQL);
    const { rows } = await client.query<{ migration_name: string; checksum: string }>(
      `SELECT migration_name, checksum FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
    );
    const applied = new Map(rows.map(({ migration_name, checksum }) => [migration_name, checksum]));
    const names: string[] = [];
    for (const { name, sql, checksum } of await readMigrations()) {
      const appliedChecksum = applied.get(name);
      if (appliedChecksum === checksum) continue;
      if (appliedChecksum !== undefined)
        throw new Error(`Migration ${name} was changed after it had been applied`);
      await client.query("BEGIN");
      try {
        await client.query("SET LOCAL statement_timeout = 0");
        await client.query(sql);
        await client.query(
          `INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, applied_steps_count) VALUES ($1, $2, now(), $3, 1)`,
          [randomUUID(), checksum, name],
        );
        await client.query("COMMIT");
      } catch (error) {
        await client.query("ROLLBACK");
        throw new Error(`Migration ${name} failed`, { cause: error });
      }
      names.push(name);
    }
    await client.query("SELECT pg_advisory_unlock($1)", [ADVISORY_LOCK_ID]);
    return names;
  } finally {
    await client.end();
  }
}

/** The lock is the session's. Another process may hold it for longer than the role's limits allow to wait. */
async function lockMigrations(client: Client): Promise<void> {
  await client.query("BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0");
  await client.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK_ID]);
  await client.query("COMMIT");
}

/** Whether the database has no accounts. */
export async function hasNoUsers(databaseUrl: string): Promise<boolean> {
  const client = await connect(databaseUrl);
  try {
    const { rows } = await client.query(`SELECT 1 FROM "User" LIMIT 1`);
    return rows.length === 0;
  } finally {
    await client.end();
  }
}

async function readMigrations(): Promise<{ name: string; sql: string; checksum: string }[]> {
  const entries = await readdir(MIGRATIONS_DIR, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(path.join(MIGRATIONS_DIR, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}
