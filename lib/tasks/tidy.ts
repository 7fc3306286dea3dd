import { z } from "zod";
import { now } from "../core/clock";
import { Prisma, transaction } from "../db";
import { personalQueues } from "./catalogue";

/** An operator may give a dead task another life for so long; a mail that comes later than that helps nobody. */
const KEPT_MS = 30 * 86_400_000;
/** In one call; the next day takes the rest. Keeps the locks short. */
const MOST_AT_ONCE = 10_000;

const forgottenSchema = z.array(z.object({ id: z.uuid() }));

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
  AND "ownerId" IS NULL AND "finishedAt" < ${new Date(now() - KEPT_MS)} LIMIT ${MOST_AT_ONCE})
RETURNING id`;
    const ids = forgottenSchema.parse(rows).map(({ id }) => id);
    await tx.alert.updateMany({
      where: { kind: "task_dead", subject: { in: ids }, closedAt: null },
      data: { closedAt: new Date(now()) },
    });
    return ids.length;
  });
}
