import { z } from "zod";
import { db } from "@/lib/db";
import { Prisma } from "@/prisma/generated/client";

/** Tables that do not show whether a request wrote something, with the reason. */
const IGNORED_TABLES = new Set([
  "_prisma_migrations",
  // Rows are deleted when the invalidation has reached Redis, some time after the change that added them.
  "CacheInvalidation",
]);

/** Of a task only its identity: its delivery state changes independently of requests. */
const ROW_EXPRESSIONS: Readonly<Record<string, string>> = {
  Task: `ROW(t.id, t.queue, t.key, t.payload, t."ownerId", t.subject,
    CASE WHEN t.state IN ('pending', 'published') THEN 'waiting' ELSE t.state::text END)`,
};

const rowsSchema = z.array(z.object({ name: z.string(), sum: z.string() }));
let statement: string | undefined;

/** Row count and checksum of every table, in one statement. */
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
