import { z } from "zod";
import { isBlockedSql } from "../contacts";
import type { Caller } from "../core/access-token";
import { db, nameOrderSql, Prisma, searchByName } from "../db";
import { type FoundPeople, type peopleSearchQuerySchema, peopleSearchResultsSchema } from "../schemas/person";

const MAX_RESULTS = 20;
/** Names that contain a term but do not begin with it: of more, the results are some of them. */
const MAX_CONTAINING = 200;

const rowsSchema = z.array(peopleSearchResultsSchema.shape.items.element);

/**
 * Finds users to write to, invite or mention: first names that begin with the term, then names that contain it. Searches
 * by name only: email addresses are private. Left out are people whose address is not confirmed, and those between whom
 * and the caller there is a block. One statement.
 */
export async function findPeople(
  { userId }: Pick<Caller, "userId">,
  { q }: z.output<typeof peopleSearchQuerySchema>,
): Promise<FoundPeople> {
  const { beginsSql, containsSql } = searchByName(q);
  const reachableSql = Prisma.sql`NOT ${isBlockedSql(Prisma.sql`${userId}::uuid`, Prisma.sql`"User".id`)}`;
  // The second part is not run when the first has enough: a common name is in many index entries. Without an order in it
  // Postgres stops after so many rows of the trigram index; with one it would now and then walk all names in order.
  const rows = await db().$queryRaw`
WITH beginning AS MATERIALIZED (
  SELECT id, name, role, 0 AS rank FROM "User" WHERE ${beginsSql} AND "deletedAt" IS NULL AND "confirmedAt" IS NOT NULL AND id <> ${userId}::uuid AND ${reachableSql}
  ORDER BY ${nameOrderSql}, id LIMIT ${MAX_RESULTS}
), containing AS MATERIALIZED (
  SELECT id, name, role, 1 AS rank FROM "User"
  WHERE (SELECT count(*) FROM beginning) < ${MAX_RESULTS}
    AND ${containsSql ?? Prisma.sql`FALSE`} AND "deletedAt" IS NULL AND "confirmedAt" IS NOT NULL AND id <> ${userId}::uuid AND ${reachableSql}
  LIMIT ${MAX_CONTAINING}
), found AS (
  SELECT id, name, role, min(rank) AS rank FROM (TABLE beginning UNION ALL TABLE containing) either GROUP BY id, name, role
)
SELECT id::text, name, role::text FROM found ORDER BY rank, ${nameOrderSql}, found.id LIMIT ${MAX_RESULTS}`;
  return { items: rowsSchema.parse(rows) };
}
