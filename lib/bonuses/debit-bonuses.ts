import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { transaction } from "../db";
import { withLock } from "../redis";
import type { Entry } from "./entry";
import { addEntry } from "./ledger";

/** How long somebody's second spend waits for the first before it is told that the ledger is busy. */
const LOCK_WAIT_MS = 1_000;

export interface SpendOptions {
  /** What makes it the same spend, among this person's; without it every call is one of its own. */
  key?: string | undefined;
  note?: string | undefined;
}

/**
 * Spends bonuses: a plain debit with a note. What can be bought with them belongs to later parts, which will
 * call this in their own words.
 *
 * The lock `lock:user:{id}:spend` makes a person's spends wait their turn and gives a good answer to who comes
 * too early. Nothing depends on it: when it expired mid-work, was taken away, or Redis is down, the ledger's own
 * row lock and constraints still let no more out than there is. Its fencing number therefore decides nothing;
 * it is logged, so that an operator sees which holder wrote which entry.
 *
 * @param amount  hundredths of a bonus, a positive integer
 * @returns the entry, and the balance after it; a repeat with the same key answers the same
 * @throws {AppError} conflict: not enough, the key was used for another spend, or another spend is under way
 * @throws {AppError} unauthenticated when the account is gone
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
          key: `spent:${userId}:${key}`,
          note: storedNote,
        }),
      );
      if (result.outcome === "nobody") throw new AppError("unauthenticated");
      if (result.outcome === "short") throw new AppError("conflict", { message: "not_enough_bonuses" });
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
