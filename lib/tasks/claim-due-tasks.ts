import { z } from "zod";
import { db, Prisma } from "../db";
import { isQueueName, type QueueName } from "./catalogue";
import type { OutboxTask } from "./group-by-message";
import { openQueuesSql } from "./paused";

/** Delay before a claimed task that was neither published nor run is claimed again. */
const RETRY_DELAY_SECONDS = 30;

const dueRowsSchema = z.array(
  z.object({ id: z.uuid(), queue: z.string(), generation: z.int(), attempts: z.int() }),
);

/**
 * Claims due tasks of those of the given queues that are not paused: raises the generation, so that QStash does not drop
 * them as duplicates, and makes them due again soon, in case this process dies before it publishes or runs them. Concurrent
 * calls skip each other's rows. The queue whose oldest task is due longest comes first, and of each queue the index is read
 * from its oldest on: tasks of paused queues are not met.
 */
export async function claimDueTasks(queues: readonly QueueName[], limit: number): Promise<OutboxTask[]> {
  const rows = await db().$queryRaw`
WITH due AS (
  SELECT oldest.id FROM ${openQueuesSql(Prisma.sql`unnest(${[...queues]}::text[])`, Prisma.sql`"dueAt"`)}
  CROSS JOIN LATERAL (
    SELECT id FROM "Task"
    WHERE queue = open.name AND state IN ('pending', 'published', 'running') AND "dueAt" <= statement_timestamp()
    ORDER BY "dueAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED
  ) oldest
  LIMIT ${limit}
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
