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
}

const deletedRowsSchema = z.array(z.object({ at: z.date() }));

/**
 * Deletes old rows, the oldest first, in batches of {@link BATCH_SIZE}, each its own statement. A batch begins at the
 * timestamp where the one before ended: it does not walk over the index entries of rows that are already deleted.
 * Rows that another transaction has locked are left for the next call. Safe to repeat and to run concurrently.
 *
 * @param deadlineMs  no batch starts after it; the next call deletes the rest
 * @returns how many rows were deleted
 */
export async function deleteExpired(
  { table, id, at, before, where = Prisma.sql`TRUE` }: ExpiredRows,
  deadlineMs: number,
): Promise<number> {
  const [tableSql, idSql, atSql] = [table, id, at].map((name) => Prisma.raw(`"${name}"`));
  let deleted = 0;
  let fromSql = Prisma.sql`TRUE`;
  while (now() < deadlineMs) {
    const rows = deletedRowsSchema.parse(
      await db().$queryRaw`
DELETE FROM ${tableSql} WHERE ${idSql} = ANY (ARRAY(
  SELECT ${idSql} FROM ${tableSql} WHERE ${atSql} < ${before} AND ${fromSql} AND ${where}
  ORDER BY ${atSql} LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED
)) RETURNING ${atSql} AS at`,
    );
    deleted += rows.length;
    if (rows.length < BATCH_SIZE) break;
    const last = new Date(Math.max(...rows.map((row) => row.at.getTime())));
    fromSql = Prisma.sql`${atSql} >= ${last}`;
  }
  return deleted;
}
