import { z } from "zod";
import { Prisma, type Transaction } from "../db";
import { personalQueues } from "./catalogue";

const cancelledRowsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Takes somebody out of the tasks, in the transaction that deletes the account: what is meant for them alone and is
 * not done is called off, and no task has them as its owner any more. What is done has kept nothing but its name, see
 * `personal` in catalogue.ts. What else they started, a refund for one, goes on without them.
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
  // Nobody need look at one that died.
  await tx.alert.updateMany({
    where: { kind: "task_dead", subject: { in: ids }, closedAt: null },
    data: { closedAt: new Date() },
  });
  await tx.task.updateMany({ where: { ownerId: userId }, data: { ownerId: null } });
}
