import { z } from "zod";
import { db } from "@/lib/db";
import { Prisma } from "@/lib/db/generated/client";

/** What has no part in whether a request wrote something, and why. */
const IGNORED_TABLES = new Set([
  "_prisma_migrations",
  // Rows go when Redis has been told, some time after the change they came with.
  "CacheInvalidation",
]);

/** Of a task only what it is: how far its delivery has come changes on its own. */
const ROW_EXPRESSIONS: Readonly<Record<string, string>> = {
  Task: `ROW(t.id, t.queue, t.key, t.payload, t."ownerId", t.subject,
    CASE WHEN t.state IN ('pending', 'published') THEN 'waiting' ELSE t.state::text END)`,
};

const rowsSchema = z.array(z.object({ name: z.string(), sum: z.string() }));
let statement: string | undefined;

/** For every table of the database how many rows it has and a checksum over all of them. One statement. */
export async function tableChecksums(): Promise<Record<string, string>> {
  statement ??= await buildStatement();
  const rows = rowsSchema.parse(await db().$queryRaw(Prisma.raw(statement)));
  return Object.fromEntries(rows.map(({ name, sum }) => [name, sum]));
}

async function buildStatement(): Promise<string> {
  const tables = z.array(z.object({ name: z.string() })).parse(
    await db().$queryRaw`
SELECT table_name::text AS name FROM information_schema.tables
WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1`,
  );
  return tables
    .filter(({ name }) => !IGNORED_TABLES.has(name))
    .map(
      ({ name }) => `SELECT '${name}' AS name, count(*) || ' rows, '
  || coalesce(sum(hashtextextended((${ROW_EXPRESSIONS[name] ?? "t"})::text, 0)::numeric), 0) AS sum FROM "${name}" t`,
    )
    .join("\nUNION ALL\n");
}
