import { z } from "zod";
import { newId } from "../core/ids";
import type { Transaction } from "../db";
import { type Entry, type EntryKind, entryRowSchema, entrySchema } from "./entry";

export interface NewEntry {
  userId: string;
  kind: EntryKind;
  /** Hundredths of a bonus; negative for what goes out. */
  amount: number;
  /** What makes it the same entry, among all people's. */
  key: string;
  note?: string | undefined;
}

/**
 * `there`: an entry with this key was there before, and nothing was added. `short`: a spend of more than there
 * is. `nobody`: the account is gone.
 */
export type AddEntryResult =
  | { outcome: "added" | "there"; entry: Entry }
  | { outcome: "short"; balance: number }
  | { outcome: "nobody" };

const appendRowsSchema = z.tuple([
  z.object({ balance: z.int(), added: entryRowSchema.nullable(), known: entryRowSchema.nullable() }),
]);

/**
 * Adds a line to somebody's ledger, in the transaction of what it follows. Two statements.
 *
 * The person's own row is locked first, so that appenders take turns and each reads what the one before it
 * committed: of fifty at once each needs two statements, where trying again after a lost race on (person, seq)
 * would need up to fifty. Their account and not an advisory lock: it has no hash that two people could share,
 * it says whether the person still exists, and it is the row that deleting an account locks first. Who locks
 * one account in a transaction cannot deadlock here; who needs several takes them in the order of their ids.
 * The lock is for the turns. What must never be is refused by the table, with or without it: a number twice
 * (unique), a key twice (unique), a spend below zero (check).
 *
 * Safe to repeat: of two with one key the first one counts.
 *
 * @throws when the key is another person's entry
 */
export async function addEntry(tx: Transaction, entry: NewEntry): Promise<AddEntryResult> {
  if (!(await lockLedger(tx, entry.userId))) return { outcome: "nobody" };
  return appendEntry(tx, entry);
}

/**
 * Waits for one's turn at somebody's ledger and keeps it until the transaction ends.
 * @returns false when there is no such person
 */
export async function lockLedger(tx: Transaction, userId: string): Promise<boolean> {
  // Not FOR UPDATE: rows that only point to the person, a new post or view, need not wait.
  const rows = await tx.$queryRaw<
    unknown[]
  >`SELECT 1 FROM "User" WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
  return rows.length > 0;
}

/** Adds a line; the ledger must be locked, in a statement before this one, or this one sees an older state. */
export async function appendEntry(
  tx: Transaction,
  { userId, kind, amount, key, note }: NewEntry,
): Promise<AddEntryResult> {
  // A repeated key and a spend of too much are found before the insert: a constraint's error would end the transaction.
  const rows = await tx.$queryRaw`
WITH last AS (
  SELECT seq, balance FROM "BonusEntry" WHERE "userId" = ${userId}::uuid ORDER BY seq DESC LIMIT 1
), now AS (
  SELECT coalesce(max(seq), 0) AS seq, coalesce(max(balance), 0) AS balance FROM last
), known AS (
  SELECT * FROM "BonusEntry" WHERE key = ${key}
), added AS (
  INSERT INTO "BonusEntry" (id, "userId", seq, kind, amount, balance, key, note, "createdAt")
  SELECT ${newId()}::uuid, ${userId}::uuid, now.seq + 1, ${kind}::"BonusKind", ${amount}::int,
    now.balance + ${amount}::int, ${key}, ${note ?? null}, clock_timestamp()
  FROM now
  WHERE NOT EXISTS (SELECT FROM known) AND (${kind} <> 'spent' OR now.balance + ${amount}::int >= 0)
  RETURNING *
)
SELECT now.balance, (SELECT to_jsonb(added) FROM added) AS added, (SELECT to_jsonb(known) FROM known) AS known
FROM now`;
  const [{ balance, added, known }] = appendRowsSchema.parse(rows);
  if (known && known.userId !== userId) throw new Error(`the key ${key} is an entry of somebody else`);
  const row = added ?? known;
  if (!row) return { outcome: "short", balance };
  return { outcome: added ? "added" : "there", entry: entrySchema.parse(row) };
}
