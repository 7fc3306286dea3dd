import { z } from "zod";
import { firstIdAt } from "../core/ids";
import { db, hasTrigram, Prisma } from "../db";
import { TaskState } from "../schemas/enums";
import { queueNamesSql } from "./queue-names";
import type { ParsedTaskFilter } from "./task-filter";

/**
 * The statement that finds the newest tasks of a filter. Postgres has no index for every combination of filters, and on
 * its own it walks a million tasks in the order of the page to find some that are rare. So the statement names the
 * index: those of an owner and a subject, or, for each queue and state, the one on queue, state and id.
 */
export async function matchingIdsSql(filter: ParsedTaskFilter, limit: number): Promise<Prisma.Sql> {
  const conditions = toConditions(filter);
  const foundIds = filter.error ? await findByError(filter.error) : null;
  if (foundIds !== null || filter.owner || filter.subject || filter.about) {
    if (foundIds !== null) conditions.push(Prisma.sql`"Task".id = ANY (${foundIds}::uuid[])`);
    if (filter.queue) conditions.push(Prisma.sql`"Task".queue = ${filter.queue}`);
    // A literal: a partial index is not used for a parameter. The values are the enum's.
    conditions.push(
      Prisma.raw(
        `"Task".state IN (${statesOf(filter)
          .map((state) => `'${state}'`)
          .join(", ")})`,
      ),
    );
    return Prisma.sql`
SELECT "Task".id::text AS id FROM "Task" WHERE ${Prisma.join(conditions, " AND ")}
ORDER BY "Task".id DESC LIMIT ${limit}`;
  }
  return Prisma.sql`
WITH RECURSIVE ${filter.queue ? Prisma.sql`known(queue) AS (SELECT ${filter.queue}::text)` : queueNamesSql()}
SELECT found.id::text AS id
FROM known CROSS JOIN unnest(${statesOf(filter)}::"TaskState"[]) AS wanted(state)
CROSS JOIN LATERAL (
  SELECT "Task".id FROM "Task"
  WHERE "Task".queue = known.queue AND "Task".state = wanted.state AND ${Prisma.join(conditions, " AND ")}
  ORDER BY "Task".id DESC LIMIT ${limit}
) found
ORDER BY found.id DESC LIMIT ${limit}`;
}

/** Those with an error that is read; finished tasks have none. */
const STATES_WITH_ERROR = [TaskState.pending, TaskState.published, TaskState.running, TaskState.dead];

function statesOf({ state, error }: ParsedTaskFilter): TaskState[] {
  if (state) return [state];
  return error ? STATES_WITH_ERROR : Object.values(TaskState);
}

/** The id of a row is made before its transaction begins to commit, and by another clock. */
const CLOCK_MARGIN_MS = 60_000;

/** Conditions other than queue and state. */
function toConditions({ owner, subject, about, error, from, to, cursor }: ParsedTaskFilter): Prisma.Sql[] {
  const conditions = [Prisma.sql`TRUE`];
  if (owner) conditions.push(Prisma.sql`"Task"."ownerId" = ${owner}::uuid`);
  if (subject) conditions.push(Prisma.sql`"Task".subject = ${subject}`);
  if (about) {
    conditions.push(
      Prisma.sql`("Task".id = ${about}::uuid OR "Task"."ownerId" = ${about}::uuid OR "Task".subject = ${`order:${about}`})`,
    );
  }
  if (error) conditions.push(matchesErrorSql(error));
  // Ids are ordered by time: they bound what is read, and the time decides.
  if (from) {
    const at = new Date(from);
    conditions.push(Prisma.sql`"Task".id >= ${firstIdAt(at.getTime() - CLOCK_MARGIN_MS)}::uuid`);
    conditions.push(Prisma.sql`"Task"."createdAt" >= ${at}`);
  }
  if (to) {
    const at = new Date(to);
    conditions.push(Prisma.sql`"Task".id < ${firstIdAt(at.getTime() + CLOCK_MARGIN_MS)}::uuid`);
    conditions.push(Prisma.sql`"Task"."createdAt" < ${at}`);
  }
  if (cursor) conditions.push(Prisma.sql`"Task".id < ${cursor}::uuid`);
  return conditions;
}

function matchesErrorSql(error: string): Prisma.Sql {
  const pattern = `%${error.replace(/[\\%_]/g, "\\$&")}%`;
  return Prisma.sql`"Task".error IS NOT NULL AND lower("Task".error) LIKE lower(${pattern})`;
}

/** Of an error that fewer tasks have, all are found by its trigrams first; a frequent one is soon met on the walk. */
const MAX_HITS = 1_000;
const idRowsSchema = z.array(z.object({ id: z.uuid() }));

async function findByError(error: string): Promise<string[] | null> {
  if (!hasTrigram(error)) return null;
  const rows = await db().$queryRaw`
SELECT "Task".id::text AS id FROM "Task" WHERE ${matchesErrorSql(error)} LIMIT ${MAX_HITS + 1}`;
  const ids = idRowsSchema.parse(rows).map(({ id }) => id);
  return ids.length > MAX_HITS ? null : ids;
}
