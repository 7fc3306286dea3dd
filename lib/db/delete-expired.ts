import { z } from "zod";
import { Prisma } from "../../prisma/generated/client";
import { now } from "../core/clock";
import { db } from "./client";

/** Rows of one statement: locks and the transaction stay short, whatever the backlog is. */
const BATCH_SIZE = 1_000;

export interface ExpiredRows {
  table: Prisma.ModelName;
  /** Its primary key, or `ctid` when that has several columns. */
  id: string;
  /** The indexed timestamp that its retention counts from. */
  at: string;
  /** Rows from before this are deleted. */
  before: Date;
  /** Which of them; the condition of a partial index must be repeated literally. */
  where?: Prisma.Sql;
  /** Rows of one statement, by default {@link BATCH_SIZE}. */
  batchSize?: number;
}

const deletedRowsSchema = z.tuple([z.object({ count: z.int(), last: z.date().nullable() })]);

/**
 * Deletes old rows, the oldest first, in batches, each its own statement. A batch begins at the timestamp where the one
 * before ended: it does not walk over the index entries of rows that are already deleted. Rows that another transaction
 * has locked are left for the next call. Safe to repeat and to run concurrently.
 *
 * @param deadlineMs  no batch starts after it; the next call deletes the rest
 * @returns how many rows were deleted
 */
export async function deleteExpired(rows: ExpiredRows, deadlineMs: number): Promise<number> {
  return (await deleteExpiredUntil(rows, deadlineMs)).count;
}

/** As {@link deleteExpired}. @returns also whether none is left */
export async function deleteExpiredUntil(
  { table, id, at, before, where = Prisma.sql`TRUE`, batchSize = BATCH_SIZE }: ExpiredRows,
  deadlineMs: number,
): Promise<{ count: number; isDone: boolean }> {
  const [tableSql, idSql, atSql] = [table, id, at].map((name) => Prisma.raw(`"${name}"`));
  let total = 0;
  let fromSql = Prisma.sql`TRUE`;
  while (now() < deadlineMs) {
    const [{ count, last }] = deletedRowsSchema.parse(
      await db().$queryRaw`
WITH deleted AS (
  DELETE FROM ${tableSql} WHERE ${idSql} = ANY (ARRAY(
    SELECT ${idSql} FROM ${tableSql} WHERE ${atSql} < ${before} AND ${fromSql} AND ${where}
    ORDER BY ${atSql} LIMIT ${batchSize} FOR UPDATE SKIP LOCKED
  )) RETURNING ${atSql} AS at
) SELECT count(*)::int AS count, max(at) AS last FROM deleted`,
    );
    total += count;
    if (count < batchSize) return { count: total, isDone: true };
    fromSql = Prisma.sql`${atSql} >= ${last}`;
  }
  return { count: total, isDone: false };
}
