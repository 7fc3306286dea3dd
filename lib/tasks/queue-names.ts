import { z } from "zod";
import { db, Prisma } from "../db";
import { type GuaranteedQueue, getQueueDefinition, isQueueName, queues } from "./catalogue";

/** The queues whose tasks are rows, in the catalogue's order. */
export const guaranteedQueues = Object.keys(queues).filter(
  (queue): queue is GuaranteedQueue =>
    isQueueName(queue) && getQueueDefinition(queue).delivery === "guaranteed",
);

const nameRowsSchema = z.array(z.object({ queue: z.string() }));

/** The first part of a statement with `WITH RECURSIVE`, for {@link queueNamesSql}. */
export const queueWalkSql = Prisma.sql`walk(queue) AS (
  (SELECT queue FROM "Task" ORDER BY queue LIMIT 1)
  UNION ALL
  SELECT (SELECT "Task".queue FROM "Task" WHERE "Task".queue > walk.queue ORDER BY "Task".queue LIMIT 1)
  FROM walk WHERE walk.queue IS NOT NULL
)`;

/** The queues that have tasks, also those of other deployments: one probe of an index each. */
export const queueNamesSql = Prisma.sql`(SELECT queue FROM walk WHERE queue IS NOT NULL)`;

/** The names of {@link queueNamesSql}. One statement. */
export async function readQueueNames(): Promise<string[]> {
  const rows = await db().$queryRaw`WITH RECURSIVE ${queueWalkSql} ${queueNamesSql}`;
  return nameRowsSchema.parse(rows).map(({ queue }) => queue);
}

/** A table `pair(queue, state)`. */
export function pairsSql(names: readonly string[], states: readonly string[]): Prisma.Sql {
  return Prisma.sql`
(SELECT name AS queue, state FROM unnest(${[...names]}::text[]) AS name
  CROSS JOIN unnest(${[...states]}::"TaskState"[]) AS state) AS pair`;
}

/** Ids, both included. */
export interface IdBounds {
  from?: string | undefined;
  to?: string | undefined;
}

/**
 * The condition for the tasks of a `pair`, to be read in {@link WALK_ORDER}. Two comparisons instead of an equality of
 * the state: with an equality the order of the primary key would do too, and Postgres reads a million tasks in that
 * order to find a few. So only the index on queue, state and id fits, and bounds of ids are bounds in it.
 */
export function ofPairSql({ from, to }: IdBounds = {}): Prisma.Sql {
  const lower = from
    ? Prisma.sql`("Task".state, "Task".id) >= (pair.state, ${from}::uuid)`
    : Prisma.sql`"Task".state >= pair.state`;
  const upper = to
    ? Prisma.sql`("Task".state, "Task".id) <= (pair.state, ${to}::uuid)`
    : Prisma.sql`"Task".state <= pair.state`;
  return Prisma.sql`"Task".queue = pair.queue AND ${lower} AND ${upper}`;
}

export const WALK_ORDER = {
  oldestFirst: Prisma.sql`ORDER BY "Task".state, "Task".id`,
  newestFirst: Prisma.sql`ORDER BY "Task".state DESC, "Task".id DESC`,
} as const;
