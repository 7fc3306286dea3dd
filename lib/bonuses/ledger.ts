import { z } from "zod";
import { accountTag, cacheManager } from "../cache";
import { newId } from "../core/ids";
import type { Transaction } from "../db";
import { type Entry, entrySchema } from "../schemas/bonus";
import type { BonusKind } from "../schemas/enums";

export interface NewEntry {
  userId: string;
  kind: BonusKind;
  /** Hundredths of a bonus; negative for a debit. */
  amount: number;
  /** Idempotency key, unique over all users. */
  key: string;
  note?: string | undefined;
}

/**
 * `existing`: an entry with this key exists, and nothing was added. `insufficient`: the spend or purchase exceeds the balance.
 * `no_account`: the account was deleted.
 */
export type AddEntryResult =
  | { outcome: "added" | "existing"; entry: Entry }
  | { outcome: "insufficient"; balance: number }
  | { outcome: "no_account" };

/** A row as Postgres returns it in JSON, with the owner's id for internal checks. */
const entryRowSchema = entrySchema.extend({
  userId: z.uuid(),
  /** Postgres writes the UTC offset as digits, the API writes `Z`. */
  createdAt: z.string().transform((at) => new Date(at).toISOString()),
});

const appendRowsSchema = z.tuple([
  z.object({ balance: z.int(), added: entryRowSchema.nullable(), known: entryRowSchema.nullable() }),
]);

/**
 * Appends an entry to a user's ledger, in the transaction of the change it follows. Three statements, the last of which
 * invalidates caches.
 *
 * The user's account row is locked first, so that concurrent appends run one after another and each reads what the
 * previous one committed: fifty concurrent appends need two statements each, where retries after a lost race on
 * (userId, seq) would need up to fifty. The account row is better than an advisory lock: it has no hash that two
 * users could share, it shows whether the account still exists, and erasing an account locks it first. A transaction
 * that locks one account cannot deadlock here; one that needs several must lock them in the order of their ids.
 * The lock only serializes. The table itself refuses invalid entries, with or without it: a duplicate seq (unique),
 * a duplicate key (unique), a spend below zero (check).
 *
 * Safe to repeat: of two calls with the same key the first one counts.
 *
 * @throws when the key belongs to another user's entry
 */
export async function addEntry(tx: Transaction, entry: NewEntry): Promise<AddEntryResult> {
  if (!(await lockLedger(tx, entry.userId))) return { outcome: "no_account" };
  return appendEntry(tx, entry);
}

/**
 * Locks a user's ledger until the transaction ends.
 * @returns false when the account does not exist, or its deletion was requested
 */
export async function lockLedger(tx: Transaction, userId: string): Promise<boolean> {
  // Not FOR UPDATE: inserts that only reference the account, such as a post or a view, do not wait.
  const rows = await tx.$queryRaw<
    unknown[]
  >`SELECT 1 FROM "User" WHERE id = ${userId}::uuid AND "deletedAt" IS NULL FOR NO KEY UPDATE`;
  return rows.length > 0;
}

/** Appends an entry. The ledger must be locked by an earlier statement, or this one reads an older snapshot. */
export async function appendEntry(
  tx: Transaction,
  { userId, kind, amount, key, note }: NewEntry,
): Promise<AddEntryResult> {
  // Duplicate keys and overspending are detected before the insert: a constraint violation would abort the transaction.
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
  WHERE NOT EXISTS (SELECT FROM known)
    AND (${kind} NOT IN ('spent', 'purchase') OR now.balance + ${amount}::int >= 0)
  RETURNING *
)
SELECT now.balance, (SELECT to_jsonb(added) FROM added) AS added, (SELECT to_jsonb(known) FROM known) AS known
FROM now`;
  const [{ balance, added, known }] = appendRowsSchema.parse(rows);
  if (known && known.userId !== userId) throw new Error(`ledger key ${key} belongs to another user's entry`);
  // A bot shows the balance.
  if (added) await cacheManager.invalidateAfterCommit(tx, [accountTag(userId)]);
  const row = added ?? known;
  if (!row) return { outcome: "insufficient", balance };
  return { outcome: added ? "added" : "existing", entry: entrySchema.parse(row) };
}
