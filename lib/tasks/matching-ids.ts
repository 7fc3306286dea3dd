import { z } from "zod";
import { firstIdAt } from "../core/ids";
import { db, hasTrigram, Prisma } from "../db";
import { TaskState } from "../schemas/enums";
import { type IdBounds, ofPairSql, pairsSql, readQueueNames, WALK_ORDER } from "./queue-names";
import type { ParsedTaskFilter } from "./task-filter";

/**
 * The statement that finds the newest tasks of a filter. Postgres has no index for every combination of filters, and on
 * its own it walks a million tasks in the order of the page to find some that are rare. So the statement names the
 * index: those of an owner and a subject, or, for each queue and state, the one on queue, state and id.
 */
export async function matchingIdsSql(filter: ParsedTaskFilter, limit: number): Promise<Prisma.Sql> {
  const foundIds = filter.error ? await findByError(filter, filter.error) : null;
  const subjects = filter.about ? await readSubjects(filter.about) : [];
  if (foundIds !== null) {
    return Prisma.sql`
WITH "Task" AS MATERIALIZED (SELECT * FROM "Task" WHERE id = ANY (${foundIds}::uuid[]))
SELECT "Task".id::text AS id FROM "Task" WHERE ${Prisma.join(allConditions(filter, subjects), " AND ")}
ORDER BY "Task".id DESC LIMIT ${limit}`;
  }
  if (filter.owner || filter.subject || filter.about) {
    return Prisma.sql`
SELECT "Task".id::text AS id FROM "Task" WHERE ${Prisma.join(allConditions(filter, subjects), " AND ")}
ORDER BY "Task".id DESC LIMIT ${limit}`;
  }
  const names = await namesOf(filter);
  return walkSql(names, filter, Prisma.join(toConditions(filter, []), " AND "), limit);
}

async function namesOf({ queue }: ParsedTaskFilter): Promise<string[]> {
  return queue ? [queue] : readQueueNames();
}

/** The newest tasks of each queue and state that the filter allows, and of those the newest. */
function walkSql(
  names: readonly string[],
  filter: ParsedTaskFilter,
  conditionSql: Prisma.Sql,
  limit: number,
): Prisma.Sql {
  return Prisma.sql`
SELECT found.id::text AS id FROM ${pairsSql(names, statesOf(filter))}
CROSS JOIN LATERAL (
  SELECT "Task".id FROM "Task" WHERE ${ofPairSql(idBounds(filter))} AND ${conditionSql}
  ${WALK_ORDER.newestFirst} LIMIT ${limit}
) found
ORDER BY found.id DESC LIMIT ${limit}`;
}

function allConditions(filter: ParsedTaskFilter, subjects: readonly string[]): Prisma.Sql[] {
  // A literal: a partial index is not used for a parameter. The values are the enum's.
  const states = statesOf(filter).map((state) => `'${state}'`);
  return [
    ...toConditions(filter, subjects),
    ...(filter.queue ? [Prisma.sql`"Task".queue = ${filter.queue}`] : []),
    Prisma.raw(`"Task".state IN (${states.join(", ")})`),
  ];
}

/** Those with an error that is read; finished tasks have none. */
const STATES_WITH_ERROR = [TaskState.pending, TaskState.published, TaskState.running, TaskState.dead];

function statesOf({ state, error }: ParsedTaskFilter): TaskState[] {
  if (state) return [state];
  return error ? STATES_WITH_ERROR : Object.values(TaskState);
}

/** The id of a row is made before its transaction begins to commit, and by another clock. */
const CLOCK_MARGIN_MS = 60_000;

/** Ids are ordered by time: they bound what is read, and the time decides. */
function idBounds({ from, to, cursor }: ParsedTaskFilter): IdBounds {
  const first = from && firstIdAt(Date.parse(from) - CLOCK_MARGIN_MS);
  const last = to && firstIdAt(Date.parse(to) + CLOCK_MARGIN_MS);
  // The text of an id is ordered as the id.
  return { from: first, to: last && cursor ? (last < cursor ? last : cursor) : (last ?? cursor) };
}

/** What tasks may be about by an id: an order, a mint or a file, and a post with its files. */
async function readSubjects(about: string): Promise<string[]> {
  const post = await db().post.findUnique({
    where: { id: about },
    select: { audioFileId: true, coverFileId: true },
  });
  const files = [about, post?.audioFileId, post?.coverFileId].flatMap((id) => (id ? [`file:${id}`] : []));
  return [`order:${about}`, `mint:${about}`, ...files];
}

/**
 * Conditions other than queue and state.
 * @param subjects  what `about` stands for
 */
function toConditions(
  { owner, subject, about, error, from, to, cursor }: ParsedTaskFilter,
  subjects: readonly string[],
): Prisma.Sql[] {
  const conditions = [Prisma.sql`TRUE`];
  if (owner) conditions.push(Prisma.sql`"Task"."ownerId" = ${owner}::uuid`);
  if (subject) conditions.push(Prisma.sql`"Task".subject = ${subject}`);
  if (about) {
    conditions.push(
      Prisma.sql`("Task".id = ${about}::uuid OR "Task"."ownerId" = ${about}::uuid OR "Task".subject = ANY (${[...subjects]}::text[]))`,
    );
  }
  if (error) conditions.push(containsErrorSql(error));
  if (from) conditions.push(Prisma.sql`"Task"."createdAt" >= ${new Date(from)}`);
  if (to) conditions.push(Prisma.sql`"Task"."createdAt" < ${new Date(to)}`);
  if (cursor) conditions.push(Prisma.sql`"Task".id < ${cursor}::uuid`);
  return conditions;
}

/** In a form that no index serves: it is checked on the way of another one. */
function containsErrorSql(error: string): Prisma.Sql {
  return Prisma.sql`position(lower(${error}) IN lower("Task".error)) > 0`;
}

/** The same for the index of trigrams. */
function errorLikeSql(error: string): Prisma.Sql {
  const pattern = `%${error.replace(/[\\%_]/g, "\\$&")}%`;
  return Prisma.sql`"Task".error IS NOT NULL AND lower("Task".error) LIKE lower(${pattern})`;
}

/** Of an error that fewer tasks have, all are found by its trigrams. */
const MAX_HITS = 1_000;
/** As many of the newest tasks are looked at first. */
const SAMPLE_SIZE = 200;
/** When as many of them have the error, it is soon met on the walk, and its trigrams have too many entries to read. */
const FREQUENT_HITS = 100;
const idRowsSchema = z.array(z.object({ id: z.uuid() }));

/** @returns null for an error that is too frequent, or too short for trigrams */
async function findByError(filter: ParsedTaskFilter, error: string): Promise<string[] | null> {
  if (!hasTrigram(error)) return null;
  const { cursor: _cursor, ...newest } = filter;
  const sampleSql = walkSql(await namesOf(filter), newest, Prisma.sql`TRUE`, SAMPLE_SIZE);
  const sampled = await db().$queryRaw`
SELECT "Task".id::text AS id FROM "Task"
WHERE "Task".id = ANY (ARRAY(SELECT newest.id::uuid FROM (${sampleSql}) newest)) AND ${containsErrorSql(error)}`;
  if (idRowsSchema.parse(sampled).length >= FREQUENT_HITS) return null;
  const rows = await db().$queryRaw`
SELECT "Task".id::text AS id FROM "Task" WHERE ${errorLikeSql(error)} LIMIT ${MAX_HITS + 1}`;
  const ids = idRowsSchema.parse(rows).map(({ id }) => id);
  return ids.length > MAX_HITS ? null : ids;
}
