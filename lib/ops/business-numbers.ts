import { z } from "zod";
import { now } from "../core/clock";
import { firstIdAt } from "../core/ids";
import { db } from "../db";
import { countOpenTasks, listPausedQueues, type OpenTasks } from "../tasks";
import { countOpenAlerts } from "../tasks/open-alerts";
import { getViewSyncState, type ViewSyncState } from "../views";

/** What is counted in the backends when it is asked for, since only they know it. */
export interface BusinessNumbers {
  tasks: OpenTasks[];
  /** Orders of the last 30 days, paid, that lack one of their tasks; more than zero is a fault. */
  paidOrdersWithoutTasks: number;
  openAlerts: number;
  pausedQueues: string[];
  views: ViewSyncState;
}

export async function readBusinessNumbers(): Promise<BusinessNumbers> {
  const [tasks, paidOrdersWithoutTasks, openAlerts, pauses, views] = await Promise.all([
    countOpenTasks(),
    countPaidOrdersWithoutTasks(),
    countOpenAlerts(),
    listPausedQueues(),
    getViewSyncState(),
  ]);
  const pausedQueues = pauses.map(({ queue }) => queue);
  return { tasks, paidOrdersWithoutTasks, openAlerts, pausedQueues, views };
}

/** Done tasks are deleted after 90 days (lib/core/retention.ts), and the slowest payment settles within 14. */
const CHECKED_DAYS = 30;
/** What follows every payment (lib/shop/record-payment.ts), each under the order's id. */
const SALE_QUEUES = ["deliver-goods", "referral-bonuses", "supplier-notifications", "leaderboards"] as const;

const countRowsSchema = z.tuple([z.object({ orders: z.int() })]);

/** Orders are walked by their ids, which are ordered by time, and tasks looked up by queue and key. */
async function countPaidOrdersWithoutTasks(): Promise<number> {
  const rows = await db().$queryRaw`
SELECT count(*)::int AS orders FROM "Order" o
WHERE o.id >= ${firstIdAt(now() - CHECKED_DAYS * 86_400_000)}::uuid AND o.status IN ('paid', 'delivered')
  AND (SELECT count(*) FROM "Task" t WHERE t.queue = ANY (${[...SALE_QUEUES]}) AND t.key = o.id::text)
    < ${SALE_QUEUES.length}`;
  return countRowsSchema.parse(rows)[0].orders;
}
