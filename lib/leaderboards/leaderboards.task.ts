import { defineTask } from "../tasks";
import { syncRankedSale } from "./ranked-sale";
import { syncSellerSums } from "./sync-seller-sums";

/**
 * Queue `leaderboards`: updates the boards to an order's current state. Everything is in `prepare`, because Redis is
 * external: first the row in Postgres, then the sums computed from it. Safe to repeat: the next run repairs what a
 * crash in between left behind, since neither half depends on earlier state. Without Redis the task is retried;
 * meanwhile boards are read from Postgres.
 */
export const task = defineTask<"leaderboards">()({
  prepare: async ({ orderId }) => {
    const sale = await syncRankedSale(orderId);
    if (sale) await syncSellerSums(sale);
  },
  commit: async () => {},
});
