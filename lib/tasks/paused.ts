import { z } from "zod";
import { db, Prisma } from "../db";
import { withLostAttemptSql } from "./attempts";

/**
 * Paused queues. A pause is a row that the statements read which enqueue, claim and expire tasks, so it holds for every
 * instance from its commit on, and costs no statement. Tasks of a paused queue wait in Postgres: they are not published,
 * a delivery that is under way returns its task to the outbox, and none dies by its deadline. Running attempts end.
 */

export const queuePauseSchema = z.object({
  queue: z.string(),
  reason: z.string(),
  pausedAt: z.iso.datetime(),
});

export type QueuePause = z.infer<typeof queuePauseSchema>;

/** Whether a queue, a column or a parameter, is paused. */
export function isPausedSql(queue: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT FROM "QueuePause" pause WHERE pause.queue = ${queue})`;
}

/**
 * A table `open(name, first)` of those of the queues that are not paused and have an unfinished task, the one with the
 * earliest first, by the index on queue and that column: one probe of the index a queue.
 *
 * @param names  a function that returns names, or a subquery
 * @param columnSql  `"dueAt"` or `"deadlineAt"`
 */
export function openQueuesSql(names: Prisma.Sql, columnSql: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
(SELECT queue.name, probe.first FROM ${names} AS queue(name)
  CROSS JOIN LATERAL (
    SELECT ${columnSql} AS first FROM "Task"
    WHERE "Task".queue = queue.name AND state IN ('pending', 'published', 'running') ORDER BY ${columnSql} LIMIT 1
  ) probe
  WHERE NOT ${isPausedSql(Prisma.sql`queue.name`)} ORDER BY probe.first) AS open`;
}

/** The paused queues by name. One statement. */
export async function listPausedQueues(): Promise<QueuePause[]> {
  const rows = await db().queuePause.findMany({ orderBy: { queue: "asc" } });
  return rows.map(toPauseView);
}

export function toPauseView({
  pausedAt,
  ...pause
}: {
  queue: string;
  reason: string;
  pausedAt: Date;
}): QueuePause {
  return { ...pause, pausedAt: pausedAt.toISOString() };
}

/**
 * Returns a task of a paused queue to the outbox, after its message was delivered: QStash must not use up its retries
 * meanwhile. A running one stays with its attempt. One statement.
 */
export async function parkTask(taskId: string): Promise<void> {
  await db().$executeRaw`
UPDATE "Task" SET state = 'pending', "leaseUntil" = NULL, "dueAt" = greatest("notBefore", clock_timestamp()),
  failures = ${withLostAttemptSql()}
WHERE id = ${taskId}::uuid AND state IN ('pending', 'published', 'running')
  AND ("leaseUntil" IS NULL OR "leaseUntil" < clock_timestamp())`;
}
