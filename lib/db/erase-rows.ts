import { Prisma } from "../../prisma/generated/client";
import { db, retryOnConflict } from "./client";

/**
 * Statements of an account's erasure. Each is a transaction of its own and touches one batch of rows: its locks are
 * short, and no account is too large for a statement's time limit. Repeat them until they return 0; a crash between
 * two of them leaves rows for the next run.
 */

/** Rows that one statement of an erasure touches, those it reaches through foreign keys included. */
export const ERASURE_BATCH_SIZE = 2_000;

interface OwnedRows {
  table: Prisma.ModelName;
  /** The column with the owner's id (a UUID), or with their `seq`. */
  column: string;
  /**
   * The primary key, `id` by default; `ctid` where it has several columns, each of which rows of other accounts share. A
   * row that changes meanwhile is left for the next batch.
   */
  key?: string;
}

/** Deletes rows that no other row refers to. @returns how many */
export function deleteRows(rows: OwnedRows, owner: string | number): Promise<number> {
  return retryOnConflict(
    () => db().$executeRaw`DELETE FROM ${identifier(rows.table)} WHERE ${batchOf(rows, owner)}`,
  );
}

/** Removes the owner from rows that stay. @returns how many */
export function clearOwner(rows: OwnedRows, owner: string | number): Promise<number> {
  return retryOnConflict(
    () =>
      db().$executeRaw`
UPDATE ${identifier(rows.table)} SET ${identifier(rows.column)} = NULL WHERE ${batchOf(rows, owner)}`,
  );
}

/** The condition that selects one batch. ANY with an array makes Postgres look the rows up by their key. */
function batchOf({ table, column, key = "id" }: OwnedRows, owner: string | number): Prisma.Sql {
  return Prisma.sql`${identifier(key)} = ANY(ARRAY(
  SELECT ${identifier(key)} FROM ${identifier(table)} WHERE ${identifier(column)} = ${ownerValue(owner)}
  LIMIT ${ERASURE_BATCH_SIZE}))`;
}

/** The columns among these (`Table.column`) that still refer to the owner. One statement. */
export async function findReferences(
  tx: Pick<Prisma.TransactionClient, "$queryRaw">,
  references: readonly { reference: string; owner: string | number }[],
): Promise<string[]> {
  const checks = references.map(({ reference, owner }) => {
    const [table = "", column = ""] = reference.split(".");
    return Prisma.sql`SELECT ${reference} AS reference WHERE EXISTS (
  SELECT FROM ${identifier(table)} WHERE ${identifier(column)} = ${ownerValue(owner)})`;
  });
  const rows = await tx.$queryRaw<{ reference: string }[]>`${Prisma.join(checks, " UNION ALL ")}`;
  return rows.map(({ reference }) => reference);
}

/** A name from the schema, never from a request. */
const identifier = (name: string) => Prisma.raw(`"${name}"`);

const ownerValue = (owner: string | number) =>
  typeof owner === "number" ? Prisma.sql`${owner}::int` : Prisma.sql`${owner}::uuid`;
