import { z } from "zod";
import { now } from "../core/clock";
import { Prisma, transaction } from "../db";
import { personalQueues } from "./catalogue";

/** An operator may give a dead task another life for so long; a mail that comes later than that helps nobody. */
const RETENTION_MS = 30 * 86_400_000;
/** In one call; the next day takes the rest. Keeps the locks short. */
const MAX_BATCH_SIZE = 10_000;

const clearedRowsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Calls off dead tasks that are meant for one person and belong to nobody, once they have been dead for a month, and
 * empties them: the mail to an account that is deleted has its address and name, and nobody is left with whom they
 * could go. Safe to repeat.
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
