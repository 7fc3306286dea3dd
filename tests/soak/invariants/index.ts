import type { SoakStack } from "../soak-stack";
import { checkBonuses } from "./bonuses";
import { checkEffects } from "./effects";
import { checkLeaderboards } from "./leaderboards";
import { checkMoney } from "./money";
import { readRecords, type Violation } from "./read-records";
import { checkTaskRegressions, checkTasks } from "./tasks";

export type { Violation } from "./read-records";
export { watchTaskRegressions } from "./tasks";

export interface InvariantReport {
  violations: Violation[];
  /** Row counts for the report. */
  counts: Record<string, number>;
}

/** @param initialStock  of every product, before the first order */
export async function checkInvariants(
  stack: Pick<SoakStack, "provider" | "mail">,
  initialStock: ReadonlyMap<string, number | null>,
): Promise<InvariantReport> {
  const records = await readRecords(stack);
  const count = (status: string) => records.orders.filter((order) => order.status === status).length;
  return {
    violations: [
      ...checkMoney(records, initialStock),
      ...checkTasks(records),
      ...checkEffects(records),
      ...checkBonuses(records),
      ...(await checkLeaderboards(records)),
      ...(await checkTaskRegressions()),
    ],
    counts: {
      orders: records.orders.length,
      delivered: count("delivered"),
      refunded: count("refunded"),
      failed: count("failed"),
      tasks: records.tasks.length,
      "tasks with several attempts": records.tasks.filter(({ attempts }) => attempts > 1).length,
      "dead tasks": records.tasks.filter(({ state }) => state === "dead").length,
      notifications: records.notifications.length,
      mails: [...records.mails.values()].reduce((sum, times) => sum + times, 0),
      "mails sent twice": [...records.mails.values()].filter((times) => times > 1).length,
      "bonus entries": records.entries.length,
    },
  };
}
