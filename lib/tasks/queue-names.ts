import { Prisma } from "../db";
import { type GuaranteedQueue, getQueueDefinition, isQueueName, queues } from "./catalogue";

/** The queues whose tasks are rows, in the catalogue's order. */
export const guaranteedQueues = Object.keys(queues).filter(
  (queue): queue is GuaranteedQueue =>
    isQueueName(queue) && getQueueDefinition(queue).delivery === "guaranteed",
);

/**
 * Recursive table expressions, of which `known(queue)` has the queues that have tasks, also those of other deployments,
 * each found by one probe of the index.
 */
export function queueNamesSql(): Prisma.Sql {
  return Prisma.sql`
walk(queue) AS (
  (SELECT queue FROM "Task" ORDER BY queue LIMIT 1)
  UNION ALL
  SELECT (SELECT "Task".queue FROM "Task" WHERE "Task".queue > walk.queue ORDER BY "Task".queue LIMIT 1)
  FROM walk WHERE walk.queue IS NOT NULL
), known(queue) AS (SELECT queue FROM walk WHERE queue IS NOT NULL)`;
}
