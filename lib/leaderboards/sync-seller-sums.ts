import { periods } from "../schemas/period";
import { storeSums } from "./board-store";
import { getSpan } from "./period";
import type { Sale } from "./ranked-sale";
import { loadSums } from "./sums";

/** Enough for a burst of sales; after that the task is retried. */
const MAX_WRITES = 20;

/**
 * Writes a seller's sums to Redis: for the week and month of a sale, and for all time. Safe to repeat: the sums are
 * absolute, computed by Postgres.
 *
 * Concurrent calls may overtake each other between read and write. So each reads again after its write, until
 * Postgres returns what it wrote: the last writer has verified its sums after its write.
 *
 * @throws {RedisUnavailableError} Redis may have old sums
 */
export async function syncSellerSums({ sellerId, currency, soldAt }: Sale): Promise<void> {
  const spans = periods.map((period) => getSpan(period, soldAt.getTime()));
  let lastWritten: string | undefined;
  for (let writes = 0; writes <= MAX_WRITES; writes += 1) {
    const sums = await loadSums(sellerId, currency, spans);
    const current = JSON.stringify(sums);
    if (current === lastWritten) return;
    await storeSums(sellerId, currency, sums);
    lastWritten = current;
  }
  throw new Error(`leaderboard sums of ${sellerId} not stored: they changed after every write`);
}
