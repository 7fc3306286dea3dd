import type { World } from "../soak-stack";
import { judgeBonuses } from "./bonuses";
import { judgeEffects } from "./effects";
import { judgeLeaderboards } from "./leaderboards";
import { judgeMoney } from "./money";
import { readBooks, type Violation } from "./read-records";
import { judgeRegressions, judgeTasks } from "./tasks";

export type { Violation } from "./read-records";
export { watchTasks } from "./tasks";

export interface Verdict {
  violations: Violation[];
  /** What the books hold, for the report. */
  counts: Record<string, number>;
}

/** @param initialStock  of every product, before anybody bought */
export async function judge(
  world: Pick<World, "provider" | "mail">,
  initialStock: ReadonlyMap<string, number | null>,
): Promise<Verdict> {
  const books = await readBooks(world);
  const count = (status: string) => books.orders.filter((order) => order.status === status).length;
  return {
    violations: [
      ...judgeMoney(books, initialStock),
      ...judgeTasks(books),
      ...judgeEffects(books),
      ...judgeBonuses(books),
      ...(await judgeLeaderboards(books)),
      ...(await judgeRegressions()),
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
