import { now } from "../core/clock";
import { log } from "../core/log";
import type { Transaction } from "../db";
import { syncSellerSums } from "./sync-seller-sums";

/**
 * Takes a seller off the boards, in the transaction that deletes the account. Their orders must be locked or have no
 * seller any more: none of them is counted again then.
 *
 * @returns the currencies of the boards that Redis must be told of after the commit
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

/** Tells Redis that a seller has sold nothing. Best effort: who is gone is on no board that is read (get-leaderboard.ts). */
export async function clearSellerSums(sellerId: string, currencies: readonly string[]): Promise<void> {
  const soldAt = new Date(now());
  try {
    await Promise.all(currencies.map((currency) => syncSellerSums({ sellerId, currency, soldAt })));
  } catch (error) {
    log().debug({ err: error }, "a leaderboard forgets a seller when it is read");
  }
}
