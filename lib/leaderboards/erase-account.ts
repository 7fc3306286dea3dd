import { now } from "../core/clock";
import { log } from "../core/log";
import type { Transaction } from "../db";
import { syncSellerSums } from "./sync-seller-sums";

/**
 * Removes a seller's sales, in the transaction that deletes the account. Their orders must be locked or already have
 * no seller, so that none is counted again.
 *
 * @returns the currencies of the boards to clear in Redis after the commit
 */
export async function deleteAccountSales(tx: Transaction, sellerId: string): Promise<string[]> {
  const boards = await tx.rankedSale.findMany({
    where: { sellerId },
    select: { currency: true },
    distinct: ["currency"],
  });
  if (boards.length > 0) await tx.rankedSale.deleteMany({ where: { sellerId } });
  return boards.map(({ currency }) => currency);
}

/** Clears a seller's sums in Redis. Best effort: reads skip deleted accounts (get-leaderboard.ts). */
export async function clearSellerSums(sellerId: string, currencies: readonly string[]): Promise<void> {
  const soldAt = new Date(now());
  try {
    await Promise.all(currencies.map((currency) => syncSellerSums({ sellerId, currency, soldAt })));
  } catch (error) {
    log().debug(
      { err: error },
      "leaderboard sums of a deleted seller not cleared: the next read clears them",
    );
  }
}
