import { storeSums } from "./board-store";
import { getSpan, periods } from "./period";
import type { Sale } from "./ranked-sale";
import { loadSums } from "./sums";

/** Enough for a seller whose sales come in a burst; after that the task is tried again. */
const MAX_WRITES = 20;

/**
 * Tells Redis a seller's sums in the week and month of a sale and of all time. Absolute ones, computed by
 * Postgres, so a repeat is harmless.
 *
 * Two of these may overtake each other between reading and writing. So each reads again after it wrote, until
 * Postgres says what it wrote: whoever writes last has read what was true after that.
 *
 * @throws {RedisUnavailableError} Redis may not know
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
  throw new Error(`the sales of ${sellerId} change faster than they can be written down`);
}
