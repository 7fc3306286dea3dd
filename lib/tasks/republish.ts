import { now } from "../core/clock";
import { defer } from "../core/defer";
import { failpoint } from "../core/failpoint";
import { isQueueName, type QueueName, queues } from "./catalogue";
import { claimDueTasks } from "./claim-due-tasks";
import type { OutboxTask } from "./group-by-message";
import { dispatchTasks, MAX_BATCH_SIZE } from "./publish";
import { drainWithoutQstash, runRejectedTasks } from "./run-rejected";

const knownQueues = Object.keys(queues).filter(isQueueName);

/**
 * Publishes due tasks of all queues, or of the given ones, until none is left or the time is over. Unknown queues belong
 * to another deployment and are not claimed: a hundred of their tasks would block all others.
 *
 * @returns how many QStash accepted
 * @throws when QStash did not answer. What it did not take stays in the outbox
 */
export async function republishDueTasks(
  deadlineMs: number,
  names: readonly QueueName[] = knownQueues,
): Promise<number> {
  let republished = 0;
  while (now() < deadlineMs) {
    const due = await claimDueTasks(names, MAX_BATCH_SIZE);
    if (due.length === 0) break;
    await failpoint("tasks.swept");
    let rejected: readonly OutboxTask[] = due;
    try {
      rejected = await dispatchTasks(due);
    } finally {
      if (rejected.length > 0) runAfterResponse(rejected, deadlineMs);
    }
    republished += due.length - rejected.length;
    // QStash is unavailable, or its quota is used up. The tasks are due again soon.
    if (rejected.length > 0 || due.length < MAX_BATCH_SIZE) break;
  }
  return republished;
}

/** The sweeper's caller waits for the report, not for the tasks that run without QStash. */
function runAfterResponse(rejected: readonly OutboxTask[], deadlineMs: number): void {
  defer(async () => {
    await runRejectedTasks(rejected);
    await drainWithoutQstash(deadlineMs - now());
  });
}

/** Of one queue's backlog; the sweeps do the rest. */
const QUEUE_BUDGET_MS = 20_000;

/** Publishes what is due of one queue. @throws when QStash did not answer */
export function republishQueue(queue: QueueName): Promise<number> {
  return republishDueTasks(now() + QUEUE_BUDGET_MS, [queue]);
}
