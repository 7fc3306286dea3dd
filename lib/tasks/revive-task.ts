import { z } from "zod";
import { afterCommit, Prisma, type Transaction } from "../db";
import { TaskState } from "../schemas/enums";
import { progressSchema, type TaskView } from "../schemas/task";
import { closeAlerts } from "./alerts";
import { getQueueDefinition, isQueueName, type QueueName, queues } from "./catalogue";
import { isPausedSql } from "./paused";
import { dispatchAfterResponse } from "./publish";
import { publishTaskChanged } from "./publish-changes";
import { toTaskView } from "./task-view";

const revivedRowsSchema = z.array(
  z.object({
    id: z.uuid(),
    // The statement has compared it with the catalogue.
    queue: z.custom<QueueName>((name) => typeof name === "string" && isQueueName(name)),
    generation: z.int(),
    state: z.enum(TaskState),
    attempts: z.int(),
    progress: progressSchema.nullable(),
    messageId: z.string().nullable(),
    error: z.string().nullable(),
    createdAt: z.date(),
    finishedAt: z.date().nullable(),
    ownerId: z.uuid().nullable(),
    subject: z.string().nullable(),
    paused: z.boolean(),
  }),
);

/**
 * Makes those of the tasks that are dead pending again, with a new deadline and a closed alert, in the caller's
 * transaction. Each stays the same task: its attempts count on and its idempotency keys stay valid, so what an earlier
 * attempt did outside is found and not done again. Two statements, however many there are; the rows are locked in the
 * order of their ids, so that concurrent calls do not deadlock, and each task is revived by one of them.
 *
 * @returns those that were dead, and are of a queue that this deployment knows
 */
export async function reviveDeadTasks(tx: Transaction, ids: readonly string[]): Promise<TaskView[]> {
  const names = Object.keys(queues).filter(isQueueName);
  const deadlines = names.map((name) => getQueueDefinition(name).deadlineSeconds);
  const rows = await tx.$queryRaw`
WITH dead AS (
  SELECT id FROM "Task" WHERE id = ANY (${[...ids]}::uuid[]) AND state = 'dead' ORDER BY id FOR UPDATE
)
UPDATE "Task" SET state = 'pending', generation = generation + 1, "finishedAt" = NULL, "leaseUntil" = NULL,
  "dueAt" = clock_timestamp() + interval '30 seconds',
  "deadlineAt" = clock_timestamp() + policy.seconds * interval '1 second'
FROM dead, unnest(${names}::text[], ${deadlines}::int[]) AS policy(name, seconds)
WHERE "Task".id = dead.id AND "Task".queue = policy.name
RETURNING "Task".id, queue, generation, state, attempts, progress, "messageId", error, "createdAt", "finishedAt",
  "ownerId", subject, ${isPausedSql(Prisma.sql`"Task".queue`)} AS paused`;
  const tasks = revivedRowsSchema.parse(rows);
  if (tasks.length === 0) return [];
  await closeAlerts(tx, {
    kind: "task_dead",
    subject: { in: tasks.map(({ id }) => id) },
  });
  afterCommit(tx, () => {
    for (const task of tasks) {
      const { id, queue, generation } = task;
      if (!task.paused) dispatchAfterResponse({ id, queue, generation, delaySeconds: 0 });
      publishTaskChanged(task);
    }
  });
  return tasks.map(toTaskView);
}

/** {@link reviveDeadTasks} of one. @returns null when it is not dead; nothing has changed then */
export async function reviveDeadTask(tx: Transaction, id: string): Promise<TaskView | null> {
  const [task] = await reviveDeadTasks(tx, [id]);
  return task ?? null;
}
