import { z } from "zod";
import { afterCommit, type Transaction } from "../db";
import { TaskState } from "../schemas/enums";
import { progressSchema, type TaskView } from "../schemas/task";
import { closeAlerts } from "./alerts";
import { getQueueDefinition, type QueueName } from "./catalogue";
import { dispatchAfterResponse } from "./publish";
import { publishTaskChanged } from "./publish-changes";
import { toTaskView } from "./task-view";

const revivedRowsSchema = z.array(
  z.object({
    id: z.uuid(),
    queue: z.string(),
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
  }),
);

/**
 * Makes a dead task pending again, with a new deadline and a closed alert, in the caller's transaction. It stays the
 * same task: its attempts count on and its idempotency keys stay valid, so what an earlier attempt did outside is found
 * and not done again.
 *
 * @returns null when the task is not dead; nothing has changed then
 */
export async function reviveDeadTask(
  tx: Transaction,
  id: string,
  queue: QueueName,
): Promise<TaskView | null> {
  const rows = await tx.$queryRaw`
UPDATE "Task" SET state = 'pending', generation = generation + 1, "finishedAt" = NULL, "leaseUntil" = NULL,
  "dueAt" = clock_timestamp() + interval '30 seconds',
  "deadlineAt" = clock_timestamp() + ${getQueueDefinition(queue).deadlineSeconds} * interval '1 second'
WHERE id = ${id}::uuid AND state = 'dead'
RETURNING id, queue, generation, state, attempts, progress, "messageId", error, "createdAt", "finishedAt",
  "ownerId", subject`;
  const [task] = revivedRowsSchema.parse(rows);
  if (!task) return null;
  await closeAlerts(tx, { kind: "task_dead", subject: id });
  afterCommit(tx, () => {
    dispatchAfterResponse({ id, queue, generation: task.generation, delaySeconds: 0 });
    publishTaskChanged(task);
  });
  return toTaskView(task);
}
