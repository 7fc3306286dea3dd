import { z } from "zod";
import { db, ERASURE_BATCH_SIZE, Prisma, type Transaction, transaction } from "../db";
import { closeAlerts } from "./alerts";
import { personalQueues } from "./catalogue";

const cancelledRowsSchema = z.array(z.object({ id: z.uuid() }));

const unfinishedPersonalSql = () => Prisma.sql`
state IN ('pending', 'published', 'running', 'dead') AND queue IN (${Prisma.join(personalQueues)})`;

/** The account, address or link that a payload names. An index of unfinished tasks has the same expression. */
const recipientSql = () => Prisma.sql`coalesce(
  payload ->> 'userId', payload #>> '{to,userId}', payload #>> '{to,address}', payload #>> '{to,linkId}')`;

/**
 * Cancels and empties a user's unfinished personal tasks, in the transaction that requests the deletion of the account:
 * nothing is sent to the address any more, which may soon belong to another account. Finished ones are empty already
 * (`personal` in define-queue.ts). A task whose run is committing is left: it waits for the account's row, which this
 * transaction has locked, and finds no account then.
 */
export async function cancelAccountTasks(tx: Transaction, userId: string, email: string): Promise<void> {
  const rows = await tx.$queryRaw`
UPDATE "Task" SET state = 'cancelled', payload = '{}', error = NULL, failures = NULL, "finishedAt" = clock_timestamp(), "leaseUntil" = NULL
WHERE id IN (
  SELECT id FROM "Task" WHERE ${unfinishedPersonalSql()}
    AND ("ownerId" = ${userId}::uuid OR ${recipientSql()} = ANY(ARRAY[${userId}, ${email}]::text[]
      || ARRAY(SELECT id::text FROM "AccountLink" WHERE "userId" = ${userId}::uuid)))
  LIMIT ${ERASURE_BATCH_SIZE} FOR UPDATE SKIP LOCKED)
RETURNING id`;
  await closeTaskAlerts(tx, cancelledRowsSchema.parse(rows));
}

/**
 * Removes one batch of a user's tasks from the user: personal ones that are unfinished are cancelled and emptied, the
 * others that the user started, a refund for example, continue without an owner.
 *
 * @returns how many; 0 when none is left
 */
export async function eraseTaskBatch(userId: string): Promise<number> {
  const ids = (
    await db().task.findMany({ where: { ownerId: userId }, take: ERASURE_BATCH_SIZE, select: { id: true } })
  ).map(({ id }) => id);
  if (ids.length === 0) return 0;
  return transaction(async (tx) => {
    const rows = await tx.$queryRaw`
UPDATE "Task" SET state = 'cancelled', payload = '{}', error = NULL, failures = NULL, "finishedAt" = clock_timestamp(), "leaseUntil" = NULL
WHERE id = ANY(${ids}::uuid[]) AND ${unfinishedPersonalSql()} RETURNING id`;
    await closeTaskAlerts(tx, cancelledRowsSchema.parse(rows));
    await tx.task.updateMany({ where: { id: { in: ids } }, data: { ownerId: null } });
    return ids.length;
  });
}

/** Cancels and empties a user's tasks of mints that are deleted: their payloads have the address. */
export async function eraseMintTasks(
  tx: Transaction,
  userId: string,
  mintIds: readonly string[],
): Promise<void> {
  const ofMints = Prisma.sql`
"ownerId" = ${userId}::uuid AND queue = 'nft-minting'
  AND coalesce(payload #>> '{check,mintId}', id::text) = ANY(${mintIds}::text[])`;
  const rows = await tx.$queryRaw`
UPDATE "Task" SET state = 'cancelled', payload = '{}', error = NULL, failures = NULL, "finishedAt" = clock_timestamp(), "leaseUntil" = NULL
WHERE ${ofMints} AND state IN ('pending', 'published', 'running', 'dead') RETURNING id`;
  await closeTaskAlerts(tx, cancelledRowsSchema.parse(rows));
  await tx.$executeRaw`UPDATE "Task" SET payload = '{}' WHERE ${ofMints}`;
}

/** A cancelled task needs no operator. */
async function closeTaskAlerts(tx: Transaction, tasks: readonly { id: string }[]): Promise<void> {
  if (tasks.length === 0) return;
  await closeAlerts(tx, { kind: "task_dead", subject: { in: tasks.map(({ id }) => id) } });
}
