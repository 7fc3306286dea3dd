import { now } from "../core/clock";
import { log } from "../core/log";
import type { RunnableQueue } from "./catalogue";
import { MAX_MESSAGE_SECONDS, MAX_SHARED_TASK_SECONDS } from "./define-queue";
import { runTask, type TaskDeliveryResult } from "./run-task";

/**
 * Runs the tasks that a message names, one after another: a lane's parallelism counts messages. One that fails does not
 * prevent the others: each has its own lease, attempts and deadline. QStash's retries are the message's.
 *
 * @returns `busy` when any must be tried again, `refused` when all are refused; otherwise `done`
 * @throws the first error of a task, after all were tried: QStash delivers the message again, and those that are done
 *         cost one statement each
 */
export async function runMessageTasks(
  taskIds: readonly string[],
  queue: RunnableQueue,
  messageId: string | null,
): Promise<TaskDeliveryResult> {
  const deadlineMs = now() + MAX_MESSAGE_SECONDS * 1_000;
  const results: TaskDeliveryResult[] = [];
  const errors: unknown[] = [];
  for (const [index, taskId] of taskIds.entries()) {
    // Those before it took longer than their own limits allow for.
    if (index > 0 && now() + MAX_SHARED_TASK_SECONDS * 1_000 > deadlineMs) {
      results.push({ outcome: "busy", retryAfterSeconds: 1 });
      break;
    }
    try {
      results.push(await runTask({ taskId, queue, messageId }));
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return combine(taskIds, results);
}

function combine(taskIds: readonly string[], results: readonly TaskDeliveryResult[]): TaskDeliveryResult {
  const waits = results.flatMap((result) => (result.outcome === "busy" ? [result.retryAfterSeconds] : []));
  if (waits.length > 0) return { outcome: "busy", retryAfterSeconds: Math.max(...waits) };
  const [first] = results;
  if (first && results.every(({ outcome }) => outcome === first.outcome)) return first;
  results.forEach((result, index) => {
    if (result.outcome === "refused")
      log().error({ taskId: taskIds[index], reason: result.reason }, "task of a message refused");
  });
  return { outcome: "done" };
}
