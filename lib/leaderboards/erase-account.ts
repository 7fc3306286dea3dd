import { now } from "../core/clock";
import { log } from "../core/log";
import { db, deleteRows } from "../db";
import { syncSellerSums } from "./sync-seller-sums";

/**
 * Deletes one batch of a seller's sales. Their orders must have no seller any more, so that none is counted again.
 * @returns how many; 0 when none is left
 */
export function eraseSaleBatch(sellerId: string): Promise<number> {
  return deleteRows({ table: "RankedSale", column: "sellerId", key: "orderId" }, sellerId);
}

/**
 * Clears the sums in Redis of a seller whose deletion was requested. Best effort: reads skip such accounts
 * (get-leaderboard.ts).
 */
export async function clearSellerSums(sellerId: string): Promise<void> {
  const soldAt = new Date(now());
  const boards = await db().rankedSale.findMany({
    where: { sellerId },
    select: { currency: true },
    distinct: ["currency"],
  });
  try {
    await Promise.all(boards.map(({ currency }) => syncSellerSums({ sellerId, currency, soldAt })));
  } catch (error) {
    log().debug(
      { err: error },
      "leaderboard sums of a deleted seller not cleared: the next read clears them",
    );
  }
}
