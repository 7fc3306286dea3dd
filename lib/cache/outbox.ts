import { newId } from "../core/ids";
import { db, type Prisma } from "../db";
import type { InvalidationTargets } from "./memory";

/** An invalidation stored in Postgres, because Redis may not have applied it yet. */
export interface OutboxRow extends InvalidationTargets {
  readonly id: string;
}

/** Rows of one read. */
export const MAX_OUTBOX_ROWS = 500;

/** Writes an invalidation in the transaction of the change: both commit or neither does. */
export async function writeOutbox(
  tx: Prisma.TransactionClient,
  targets: InvalidationTargets,
): Promise<string> {
  const data = { id: newId(), members: [...targets.members], tags: [...targets.tags] };
  await tx.cacheInvalidation.create({ data, select: { id: true } });
  return data.id;
}

/** Reads the oldest rows; usually there are none. */
export async function readOutbox(): Promise<OutboxRow[]> {
  return db().cacheInvalidation.findMany({
    select: { id: true, members: true, tags: true },
    orderBy: { id: "asc" },
    take: MAX_OUTBOX_ROWS,
  });
}

/** Deletes rows that Redis has applied. Safe to repeat. */
export async function deleteOutbox(ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db().cacheInvalidation.deleteMany({ where: { id: { in: [...ids] } } });
}
