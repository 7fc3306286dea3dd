import { newId } from "../core/ids";
import { db, type Prisma } from "../db";
import type { InvalidationTargets } from "./memory";

/** An invalidation that is in Postgres because Redis may not know of it. */
export interface OutboxRow extends InvalidationTargets {
  readonly id: string;
}

export const MAX_OUTBOX_ROWS = 500;

/** Writes an invalidation into the writer's own transaction: it commits with the change or not at all. */
export async function writeOutbox(
  tx: Prisma.TransactionClient,
  targets: InvalidationTargets,
): Promise<string> {
  const data = { id: newId(), members: [...targets.members], tags: [...targets.tags] };
  await tx.cacheInvalidation.create({ data, select: { id: true } });
  return data.id;
}

/** The oldest rows there are; usually none. */
export async function readOutbox(): Promise<OutboxRow[]> {
  return db().cacheInvalidation.findMany({
    select: { id: true, members: true, tags: true },
    orderBy: { id: "asc" },
    take: MAX_OUTBOX_ROWS,
  });
}

/** Redis knows of these. Safe to repeat. */
export async function deleteOutbox(ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db().cacheInvalidation.deleteMany({ where: { id: { in: [...ids] } } });
}
