import { z } from "zod";
import { now } from "../core/clock";
import { Prisma, transaction } from "../db";
import { personalQueues } from "./catalogue";

/** How long an operator can replay a dead personal task; a mail that is later than this is useless. */
const RETENTION_MS = 30 * 86_400_000;
/** Tasks of one call, to keep locks short; the next day's call does the rest. */
const MAX_BATCH_SIZE = 10_000;

const clearedRowsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Cancels and empties personal tasks that have been dead for a month and have no owner: a mail to a deleted account
 * still holds its address and name, and no erasure would remove them. Safe to repeat.
 * @returns how many
 */
export function tidyTasks(): Promise<number> {
  return transaction(async (tx) => {
    const rows = await tx.$queryRaw`
UPDATE "Task" SET state = 'cancelled', payload = '{}', error = NULL
WHERE id IN (SELECT id FROM "Task" WHERE state = 'dead' AND queue IN (${Prisma.join(personalQueues)})
  AND "ownerId" IS NULL AND "finishedAt" < ${new Date(now() - RETENTION_MS)} LIMIT ${MAX_BATCH_SIZE})
RETURNING id`;
    const ids = clearedRowsSchema.parse(rows).map(({ id }) => id);
    await tx.alert.updateMany({
      where: { kind: "task_dead", subject: { in: ids }, closedAt: null },
      data: { closedAt: new Date(now()) },
    });
    return ids.length;
  });
}
