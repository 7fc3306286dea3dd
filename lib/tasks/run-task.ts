import { increment } from "../core/counters";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { withRequestId } from "../core/request-id";
import { withTrace } from "../core/trace";
import { TimeoutError, withTimeout } from "../core/with-timeout";
import { transaction } from "../db";
import { abandonByHandler } from "./abandon-by-handler";
import { queuesOfLane, type RunnableQueue } from "./catalogue";
import { type AnyTaskHandler, LeaseLostError, NonRetryableTaskError, type TaskContext } from "./handler";
import { claimTask, completeTask, extendLease, type Lease, markTaskDead, releaseTask } from "./lease";
import { parseTaskPayload } from "./parse-task-payload";
import { parkTask } from "./paused";
import { loadHandler } from "./registry";

/**
 * Outcome of a delivery. After `done` QStash stops, after `busy` it retries, and `refused` moves the message to the
 * dead letters, because it can never succeed.
 */
export type TaskDeliveryResult =
  | { outcome: "done"; note?: string }
  | { outcome: "busy"; retryAfterSeconds: number }
  | { outcome: "refused"; reason: string };

interface TaskDelivery {
  taskId: string;
  /** The task's own, or another one of its lane: messages are shared. */
  queue: RunnableQueue;
  messageId: string | null;
}

/**
 * Runs one delivery of a guaranteed task: lease, `prepare`, then effects and completion in one transaction.
 *
 * After a crash at any line the sweeper takes over: before the transaction nothing is written in Postgres, after it
 * the task is done and a repeated delivery returns `done`.
 *
 * @throws what the handler or Postgres threw, so that QStash retries
 */
export async function runTask({ taskId, queue, messageId }: TaskDelivery): Promise<TaskDeliveryResult> {
  const claim = await claimTask(taskId, queuesOfLane(queue), messageId);
  switch (claim.outcome) {
    case "unknown":
      // Only committed tasks are published, so the row was deleted, or Postgres was restored from an older backup.
      return { outcome: "refused", reason: "there is no such task" };
    case "busy":
      return claim;
    case "paused":
      await parkTask(taskId);
      return { outcome: "done", note: "its queue is paused: it waits in Postgres" };
    case "finished":
      return claim.state === "dead"
        ? { outcome: "refused", reason: "the task is dead" }
        : { outcome: "done", note: `it was ${claim.state} before` };
    case "leased":
      return withTrace(
        claim.lease.trace,
        () => withRequestId(claim.lease.requestId, () => runLeasedTask(claim.lease)),
        {
          name: `task ${claim.lease.queue}`,
          attributes: { taskId, attempt: claim.lease.attempt, messageId: messageId ?? "" },
          ids: { taskId },
        },
      );
  }
}

async function runLeasedTask(lease: Lease): Promise<TaskDeliveryResult> {
  const { taskId, queue, attempt } = lease;
  const logFields = { taskId, queue, attempt };
  try {
    await failpoint("tasks.claimed");
    await prepareAndCommit(lease);
    log().info(logFields, "task done");
    increment("task_attempts_total", [queue, "done"]);
    await failpoint("tasks.completed");
    return { outcome: "done" };
  } catch (error) {
    if (error instanceof LeaseLostError) {
      increment("task_attempts_total", [queue, "lost"]);
      log().warn(logFields, "task lease lost: another delivery took over, or the task was cancelled");
      return { outcome: "busy", retryAfterSeconds: 1 };
    }
    increment("task_attempts_total", [queue, error instanceof NonRetryableTaskError ? "refused" : "retried"]);
    if (error instanceof NonRetryableTaskError) {
      await transaction(async (tx) => {
        await markTaskDead(tx, lease, error.message);
        await abandonByHandler(tx, { ...lease, id: lease.taskId });
      });
      await failpoint("tasks.failed");
      return { outcome: "refused", reason: error.message };
    }
    log().warn({ ...logFields, err: error }, "task attempt failed: it will be retried");
    await releaseTask(lease, error);
    await failpoint("tasks.failed");
    throw error;
  }
}

async function prepareAndCommit(lease: Lease): Promise<void> {
  const { queue } = lease;
  const payload = parseTaskPayload(lease, queue);
  const handler = (await loadHandler(queue)) as AnyTaskHandler<typeof queue>;
  const abortController = new AbortController();
  const context: TaskContext = {
    taskId: lease.taskId,
    attempt: lease.attempt,
    signal: abortController.signal,
    reportProgress: (progress) => extendLease(lease, progress),
  };
  let prepared: unknown;
  try {
    prepared = await withTimeout(
      // The queue's schema has just parsed it.
      handler.prepare(payload as Parameters<typeof handler.prepare>[0], context),
      lease.timeoutSeconds * 1_000,
    );
  } catch (error) {
    if (error instanceof TimeoutError) abortController.abort(error);
    throw error;
  }
  await failpoint("tasks.prepared");
  await transaction(async (tx) => {
    await completeTask(tx, lease);
    await handler.commit(tx, prepared, context);
    await failpoint("tasks.completing");
  });
}
