import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { startEmbeddedPostgres } from "@/local/postgres/embedded";
import { applyMigrations } from "@/local/postgres/migrate";

const CACHE_FOLDER = "node_modules/.cache/normaldance";
const MIGRATIONS_FOLDER = "prisma/migrations";

/**
 * A file with an embedded Postgres that has every migration and no rows. Creating it takes six seconds, loading it one,
 * so it is kept until a migration or PGlite changes. @returns its path
 */
export async function postgresSnapshot(): Promise<string> {
  const file = path.resolve(CACHE_FOLDER, `postgres-${await migrationsFingerprint()}.tar`);
  if (existsSync(file)) return file;
  await mkdir(CACHE_FOLDER, { recursive: true });
  const postgres = await startEmbeddedPostgres({ dataDir: null, port: 0 });
  try {
    await applyMigrations(postgres.url);
    // Concurrent runs may create it too: each renames a complete file into place.
    const unfinished = `${file}.${process.pid}`;
    await postgres.saveSnapshot(unfinished);
    await rename(unfinished, file);
  } finally {
    await postgres.stop();
  }
  return file;
}

async function migrationsFingerprint(): Promise<string> {
  const files = (await readdir(MIGRATIONS_FOLDER, { recursive: true }))
    .filter((name) => name.endsWith(".sql"))
    .sort();
  const hash = createHash("sha256");
  for (const name of files) hash.update(name).update(await readFile(path.join(MIGRATIONS_FOLDER, name)));
  hash.update(await readFile("node_modules/@electric-sql/pglite/package.json"));
  return hash.digest("hex").slice(0, 16);
}
