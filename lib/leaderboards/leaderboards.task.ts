import { defineTask } from "../tasks";
import { syncRankedSale } from "./ranked-sale";
import { syncSellerSums } from "./sync-seller-sums";

/**
 * Queue `leaderboards`: makes the boards count an order as it is now. Everything is in `prepare`, because Redis is
 * outside: the row in Postgres first, then the sums that follow from it. Whatever dies between, or runs twice, is
 * put right by the next run, since neither half depends on what was there before. Without Redis the task is tried
 * again until Redis knows; people read the boards from Postgres meanwhile.
 */
export const task = defineTask<"leaderboards">()({
  prepare: async ({ orderId }) => {
    const sale = await syncRankedSale(orderId);
    if (sale) await syncSellerSums(sale);
  },
  commit: async () => {},
});
