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
  /** What the books hold, for the report. */
  counts: Record<string, number>;
}

/** @param initialStock  of every product, before anybody bought */
export async function checkInvariants(
  stack: Pick<SoakStack, "provider" | "mail">,
  initialStock: ReadonlyMap<string, number | null>,
): Promise<InvariantReport> {
  const books = await readRecords(stack);
  const count = (status: string) => books.orders.filter((order) => order.status === status).length;
  return {
    violations: [
      ...checkMoney(books, initialStock),
      ...checkTasks(books),
      ...checkEffects(books),
      ...checkBonuses(books),
      ...(await checkLeaderboards(books)),
      ...(await checkTaskRegressions()),
    ],
    counts: {
      orders: books.orders.length,
      delivered: count("delivered"),
      refunded: count("refunded"),
      failed: count("failed"),
      tasks: books.tasks.length,
      "tasks with several attempts": books.tasks.filter(({ attempts }) => attempts > 1).length,
      "dead tasks": books.tasks.filter(({ state }) => state === "dead").length,
      notifications: books.notifications.length,
      mails: [...books.mails.values()].reduce((sum, times) => sum + times, 0),
      "mails that came twice": [...books.mails.values()].filter((times) => times > 1).length,
      "bonus entries": books.entries.length,
    },
  };
}
