import { setTimeout as delay } from "node:timers/promises";
import { sweepTasks } from "@/lib/tasks";
import { drainMoneyLane } from "@/lib/tasks/drain-money-lane";
import { handlePaymentTasks } from "@/tests/support/factories/test-payments";

/**
 * Another instance of the app, which sweeps and drains the money lane without pause until its parent ends. It sends
 * `swept` after each round.
 */
process.on("disconnect", () => process.exit(0));
handlePaymentTasks();
for (;;) {
  await sweepTasks().catch(() => {});
  await drainMoneyLane({ budgetMs: 1_000 });
  process.send?.("swept");
  // So that the database has time for others.
  await delay(5);
}
