import { z } from "zod";
import { Prisma, type Transaction } from "../db";
import { personalQueues } from "./catalogue";

const cancelledRowsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Erases an account from the tasks, in the transaction that deletes it: cancels and empties the user's unfinished
 * personal tasks, and clears the owner of all tasks. Finished personal tasks are empty already (`personal` in
 * define-queue.ts). Other tasks that the user started, a refund for example, continue without an owner.
 */
export async function eraseAccountTasks(tx: Transaction, userId: string, email: string): Promise<void> {
  const personal = Prisma.join(personalQueues);
  const rows = await tx.$queryRaw`
UPDATE "Task" SET state = 'cancelled', payload = '{}', error = NULL, "finishedAt" = clock_timestamp(), "leaseUntil" = NULL
WHERE state IN ('pending', 'published', 'running', 'dead') AND queue IN (${personal})
  AND ("ownerId" = ${userId}::uuid OR payload ->> 'userId' = ${userId}
    OR payload #>> '{to,userId}' = ${userId} OR payload #>> '{to,address}' = ${email}
    OR payload #>> '{to,linkId}' IN (SELECT id::text FROM "AccountLink" WHERE "userId" = ${userId}::uuid))
RETURNING id`;
  const ids = cancelledRowsSchema.parse(rows).map(({ id }) => id);
  // A cancelled task needs no operator.
  await tx.alert.updateMany({
    where: { kind: "task_dead", subject: { in: ids }, closedAt: null },
    data: { closedAt: new Date() },
  });
  await tx.task.updateMany({ where: { ownerId: userId }, data: { ownerId: null } });
}
