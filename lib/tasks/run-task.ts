import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { currentTrace, traceIdOf, withTrace } from "../core/trace";
import { TimeLimitError, withLimit } from "../core/with-timeout";
import { transaction } from "../db";
import { definitionOf, type GuaranteedQueue, type HandledQueue, queues } from "./catalogue";
import { type AnyTaskHandler, LeaseLostError, type TaskContext, TaskRefusedError } from "./handler";
import { buryTask, claimTask, completeTask, extendLease, type Lease, releaseTask } from "./lease";
import { handlerOf } from "./registry";
import type { Receipt } from "./task-delivery-result";

interface Delivery {
  taskId: string;
  queue: GuaranteedQueue & HandledQueue;
  messageId: string | null;
}

/**
 * One delivery of a guaranteed task: lease, `prepare`, then effects and completion in one transaction.
 *
 * A crash at any line leaves the row to the sweeper: before the transaction nothing has happened in Postgres,
 * after it the task is done, and a repeat of the delivery says so.
 *
 * @throws what the handler or Postgres threw: try again
 */
export async function runTask({ taskId, queue, messageId }: Delivery): Promise<Receipt> {
  const { timeoutSeconds } = queues[queue];
  const claim = await claimTask(taskId, queue, { timeoutSeconds, messageId });
  switch (claim.outcome) {
    case "unknown":
      // Only what has committed is published: it was cleared away, or Postgres is an older backup.
      return { outcome: "refused", reason: "there is no such task" };
    case "busy":
      return claim;
    case "finished":
      return claim.state === "dead"
        ? { outcome: "refused", reason: "the task is dead" }
        : { outcome: "done", note: `it was ${claim.state} before` };
    case "leased":
      return withTrace(claim.lease.trace, () => runLeased(claim.lease, queue));
  }
}

async function runLeased(lease: Lease, queue: Delivery["queue"]): Promise<Receipt> {
  const { taskId, attempt } = lease;
  const line = { taskId, queue, attempt, traceId: traceIdOf(currentTrace() ?? "") };
  try {
    await failpoint("tasks.claimed");
    await runHalves(lease, queue);
    log().info(line, "task done");
    await failpoint("tasks.completed");
    return { outcome: "done" };
  } catch (error) {
    if (error instanceof LeaseLostError) {
      log().warn(line, "another delivery took over, or the task was called off");
      return { outcome: "busy", retryAfterSeconds: 1 };
    }
    if (error instanceof TaskRefusedError) {
      await transaction((tx) => buryTask(tx, lease, error.message));
      await failpoint("tasks.failed");
      return { outcome: "refused", reason: error.message };
    }
    log().warn({ ...line, err: error }, "task failed, it will be tried again");
    await releaseTask(lease, error);
    await failpoint("tasks.failed");
    throw error;
  }
}

async function runHalves(lease: Lease, queue: Delivery["queue"]): Promise<void> {
  const payload = payloadOf(lease, queue);
  const handler = (await handlerOf(queue)) as AnyTaskHandler<typeof queue>;
  const aborter = new AbortController();
  const context: TaskContext = {
    taskId: lease.taskId,
    attempt: lease.attempt,
    signal: aborter.signal,
    progress: (progress) => extendLease(lease, progress),
  };
  let prepared: unknown;
  try {
    prepared = await withLimit(
      // The row's payload has just been parsed by the queue's own schema.
      handler.prepare(payload as Parameters<typeof handler.prepare>[0], context),
      lease.timeoutSeconds * 1_000,
    );
  } catch (error) {
    if (error instanceof TimeLimitError) aborter.abort(error);
    throw error;
  }
  await failpoint("tasks.prepared");
  await transaction(async (tx) => {
    await completeTask(tx, lease);
    await handler.commit(tx, prepared, context);
    await failpoint("tasks.completing");
  });
}

/** A row's payload in today's version. @throws {TaskRefusedError} */
function payloadOf({ payload, version }: Lease, queue: Delivery["queue"]): unknown {
  const definition = definitionOf(queue);
  // A newer deployment enqueued it; it may yet be rolled out again. The deadline ends the waiting.
  if (version > definition.version)
    throw new Error(`the payload has version ${version}, newer than this code`);
  let upgraded: unknown = payload;
  for (let from = version; from < definition.version; from += 1) {
    const upgrade = definition.upgrades?.[from];
    if (!upgrade) throw new TaskRefusedError(`nothing reads version ${from} of the payload any more`);
    upgraded = upgrade(upgraded);
  }
  const parsed = definition.payload.safeParse(upgraded);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path }) => path.join(".") || "the whole").join(", ");
  throw new TaskRefusedError(`the payload does not fit its schema: ${where}`, { cause: parsed.error });
}
