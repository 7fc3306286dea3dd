import { z } from "zod";
import { db, Prisma } from "../db";
import { isQueueName, type QueueName } from "./catalogue";
import type { OutboxTask } from "./group-by-message";
import { isPausedSql } from "./paused";

/** Delay before a claimed task that was neither published nor run is claimed again. */
const RETRY_DELAY_SECONDS = 30;

const dueRowsSchema = z.array(
  z.object({ id: z.uuid(), queue: z.string(), generation: z.int(), attempts: z.int() }),
);

/**
 * Claims due tasks of those of the given queues that are not paused: raises the generation, so that QStash does not drop them as duplicates, and
 * makes them due again soon, in case this process dies before it publishes or runs them. Concurrent calls skip each
 * other's rows.
 */
export async function claimDueTasks(queues: readonly QueueName[], limit: number): Promise<OutboxTask[]> {
  const rows = await db().$queryRaw`
WITH due AS (
  SELECT id FROM "Task"
  WHERE state IN ('pending', 'published', 'running') AND "dueAt" <= statement_timestamp()
    AND queue = ANY(${[...queues]}::text[]) AND NOT ${isPausedSql(Prisma.sql`"Task".queue`)}
  ORDER BY "dueAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED
)
UPDATE "Task" task SET generation = generation + 1,
  state = CASE state WHEN 'published' THEN 'pending' ELSE state END,
  "dueAt" = clock_timestamp() + ${RETRY_DELAY_SECONDS} * interval '1 second'
FROM due WHERE task.id = due.id
RETURNING task.id, task.queue, task.generation, task.attempts`;
  return dueRowsSchema
    .parse(rows)
    .flatMap(({ queue, attempts, ...task }) =>
      isQueueName(queue) ? [{ ...task, queue, delaySeconds: 0, hasFailed: attempts > 0 }] : [],
    );
}
