import { z } from "zod";
import type { Caller } from "../core/access-token";
import { db, nameOrderSql, Prisma, searchByName } from "../db";
import { type FoundPeople, type peopleSearchQuerySchema, peopleSearchResultsSchema } from "../schemas/person";

const MAX_RESULTS = 20;

const rowsSchema = z.array(peopleSearchResultsSchema.shape.items.element);

/**
 * Finds users to write to, invite or mention: first names that begin with the term, then names that contain it. Searches
 * by name only: email addresses are private. One statement.
 */
export async function findPeople(
  { userId }: Pick<Caller, "userId">,
  { q }: z.output<typeof peopleSearchQuerySchema>,
): Promise<FoundPeople> {
  const { beginsSql, containsSql } = searchByName(q);
  const othersSql = containsSql
    ? Prisma.sql`UNION ALL (${candidatesSql(userId, 1, Prisma.sql`${containsSql} AND NOT (${beginsSql})`)})`
    : Prisma.empty;
  const rows = await db().$queryRaw`
SELECT id, name, role FROM (
  (${candidatesSql(userId, 0, beginsSql)}) ${othersSql}
) found ORDER BY rank, position, id LIMIT ${MAX_RESULTS}`;
  return { items: rowsSchema.parse(rows) };
}

/** The first candidates of one kind, in order. */
function candidatesSql(userId: string, rank: number, condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`SELECT id::text, name, role::text, ${rank}::int AS rank, ${nameOrderSql} AS position FROM "User"
  WHERE ${condition} AND id <> ${userId}::uuid ORDER BY ${nameOrderSql}, "User".id LIMIT ${MAX_RESULTS}`;
}
