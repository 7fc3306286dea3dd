import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { transaction } from "../db";
import { withLock } from "../redis";
import type { Entry } from "../schemas/bonus";
import { addEntry } from "./ledger";

/** How long a user's second spend waits for the first before it fails with a conflict. */
const LOCK_WAIT_MS = 1_000;

export interface SpendOptions {
  /** Idempotency key, unique per user; without it every call is a new spend. */
  key?: string | undefined;
  note?: string | undefined;
}

/**
 * Spends bonuses: a plain debit with a note.
 *
 * The lock `lock:user:{id}:spend` queues a user's concurrent spends and gives a clear error to one that waits too
 * long. Correctness does not depend on it: when it expires during the work, is lost, or Redis is down, the ledger's
 * row lock and constraints still prevent overspending. Its fencing number is therefore only logged, so that an
 * operator sees which lock holder wrote which entry.
 *
 * @param amount  hundredths of a bonus, a positive integer
 * @returns the entry, and the balance after it; a retry with the same key returns the same
 * @throws {AppError} conflict: not enough bonuses, the key was used for another spend, or another spend is under way
 * @throws {AppError} unauthenticated when the account was deleted
 */
export async function debitBonuses(
  userId: string,
  amount: number,
  { key = newId(), note }: SpendOptions = {},
): Promise<{ balance: number; entry: Entry }> {
  const storedNote = note === "" ? undefined : note;
  return withLock(
    "user",
    `${userId}:spend`,
    async (_, lock) => {
      const result = await transaction((tx) =>
        addEntry(tx, {
          userId,
          kind: "spent",
          amount: -amount,
          key: debitEntryKey(userId, key),
          note: storedNote,
        }),
      );
      if (result.outcome === "no_account") throw new AppError("unauthenticated");
      if (result.outcome === "insufficient")
        throw new AppError("conflict", { message: "not_enough_bonuses" });
      const { entry } = result;
      if (result.outcome === "added") {
        log().info({ userId, entryId: entry.id, fence: lock?.fence ?? null }, "bonuses spent");
      } else if (entry.amount !== -amount || entry.note !== (storedNote ?? null)) {
        throw new AppError("conflict", { message: "idempotency_key_reused", field: "key" });
      }
      return { balance: entry.balance, entry };
    },
    { waitMs: LOCK_WAIT_MS, withoutRedis: "work" },
  );
}

/** The ledger's key of a spend: a user's keys do not collide with another user's. */
const debitEntryKey = (userId: string, key: string): string => `spent:${userId}:${key}`;
