import { z } from "zod";
import { now } from "../core/clock";
import { retentionCutoff } from "../core/retention";
import { deleteExpired, Prisma, transaction } from "../db";
import { closeAlerts } from "./alerts";
import { personalQueues } from "./catalogue";

/** Tasks of one transaction, to keep locks short. */
const BATCH_SIZE = 1_000;

export const tidiedTasksSchema = z.object({
  /** Dead tasks with personal data that were cancelled and emptied. */
  tasks: z.int(),
  /** Done and cancelled tasks that were deleted. */
  finishedTasks: z.int(),
});

/**
 * Deletes done and cancelled tasks after their retention, and empties dead tasks with personal data. A task that is
 * enqueued again under a deleted task's key runs again: handlers decide by the state of what they change. Safe to repeat.
 */
export async function tidyTasks(deadlineMs: number): Promise<z.infer<typeof tidiedTasksSchema>> {
  let tasks = 0;
  while (now() < deadlineMs) {
    const emptied = await emptyDeadPersonalTasks();
    tasks += emptied;
    if (emptied < BATCH_SIZE) break;
  }
  const finishedTasks = await deleteExpired(
    {
      table: "Task",
      id: "id",
      at: "finishedAt",
      before: retentionCutoff("finishedTasks"),
      where: Prisma.sql`state IN ('done', 'cancelled')`,
    },
    deadlineMs,
  );
  return { tasks, finishedTasks };
}

const clearedRowsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Cancels and empties personal tasks that have been dead for a month and have no owner: a mail to a deleted account
 * still holds its address and name, and no erasure would remove them. A mail that is later than this is useless.
 * @returns how many
 */
function emptyDeadPersonalTasks(): Promise<number> {
  return transaction(async (tx) => {
    const rows = await tx.$queryRaw`
UPDATE "Task" SET state = 'cancelled', payload = '{}', error = NULL, failures = NULL
WHERE id = ANY (ARRAY(SELECT id FROM "Task" WHERE state = 'dead' AND queue IN (${Prisma.join(personalQueues)})
  AND "ownerId" IS NULL AND "finishedAt" < ${retentionCutoff("deadPersonalTasks")} LIMIT ${BATCH_SIZE}))
RETURNING id`;
    const ids = clearedRowsSchema.parse(rows).map(({ id }) => id);
    if (ids.length === 0) return 0;
    await closeAlerts(tx, { kind: "task_dead", subject: { in: ids } });
    return ids.length;
  });
}
