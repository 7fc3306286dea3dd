import { now } from "../core/clock";
import { defer } from "../core/defer";
import { limitConcurrency } from "../core/limit-concurrency";
import { log } from "../core/log";
import { queuesOfLane } from "./catalogue";
import { claimDueTasks } from "./claim-due-tasks";
import type { OutboxTask } from "./group-by-message";
import { dispatchTasks } from "./publish";
import type { RejectedTask } from "./run-rejected";
import { runTask } from "./run-task";

/**
 * Tasks that move money do not wait for QStash: when it does not take them, the app runs them itself, after the
 * response of the request that committed them, of a sweep, or of any later request. They run under the lease and the
 * fencing number of a delivery, so a message that QStash has after all finds them done.
 */

const moneyQueues = queuesOfLane("payments");

/** Tasks of one process at once: less than a third of the lane's, to leave database connections for requests. */
const MAX_CONCURRENT_RUNS = 3;
const runLimited = limitConcurrency(MAX_CONCURRENT_RUNS);

/**
 * Runs those of the tasks that are of the money lane and due. Never throws: a failed task is retried when it is due
 * again, as after a failed delivery.
 */
export async function runMoneyTasks(tasks: readonly RejectedTask[]): Promise<void> {
  const runnable = tasks.flatMap(({ id, queue, delaySeconds }) => {
    const moneyQueue = moneyQueues.find((name) => name === queue);
    return moneyQueue && delaySeconds === 0 ? [{ taskId: id, queue: moneyQueue, messageId: null }] : [];
  });
  await Promise.all(runnable.map((task) => runLimited(() => runOne(task))));
}

async function runOne(task: Parameters<typeof runTask>[0]): Promise<void> {
  const { taskId, queue } = task;
  try {
    const { outcome } = await runTask(task);
    log().info({ taskId, queue, outcome }, "task run without QStash");
  } catch (error) {
    // The attempt and its error are in the task's row.
    log().debug({ err: error, taskId, queue }, "task run without QStash failed");
  }
}

/** Due tasks claimed at once; they are all started well before another process may claim them. */
const BATCH_SIZE = 10;

/**
 * Publishes the due tasks of the money lane, or runs them when QStash does not take them. Never throws.
 * @param budgetMs  no further tasks are claimed after this time
 * @param isQstashDown  QStash has just refused a call: do not ask it again
 */
export async function drainMoneyLane({ budgetMs, isQstashDown = false }: DrainOptions): Promise<void> {
  const deadlineMs = now() + budgetMs;
  let isDown = isQstashDown;
  try {
    while (now() < deadlineMs) {
      const due = await claimDueTasks(moneyQueues, BATCH_SIZE);
      const rejected = isDown ? due : await dispatchOrReject(due);
      isDown ||= rejected.length > 0;
      await runMoneyTasks(rejected);
      if (due.length < BATCH_SIZE) return;
    }
  } catch (error) {
    log().warn({ err: error }, "money lane not drained: left to the sweeper");
  }
}

interface DrainOptions {
  budgetMs: number;
  isQstashDown?: boolean;
}

async function dispatchOrReject(due: readonly OutboxTask[]): Promise<readonly OutboxTask[]> {
  if (due.length === 0) return [];
  return dispatchTasks(due).catch(() => due);
}

const DRAIN_INTERVAL_MS = 60_000;
/** Below the shortest time limit of a function on any plan. */
const REQUEST_BUDGET_MS = 5_000;

let lastDrainAt = Number.NEGATIVE_INFINITY;

/**
 * Drains the money lane after the response of this request, at most once a minute from this process. One SQL statement
 * when nothing is due, which is the rule: the sweeper is faster while QStash answers.
 */
export function drainMoneyLaneAfterResponse(): void {
  if (now() - lastDrainAt < DRAIN_INTERVAL_MS) return;
  lastDrainAt = now();
  defer(() => drainMoneyLane({ budgetMs: REQUEST_BUDGET_MS }));
}
