import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { log } from "../core/log";
import {
  type GuaranteedQueue,
  getQueueDefinition,
  type HandledQueue,
  isQueueName,
  type QueueName,
  type RunnableQueue,
} from "./catalogue";
import { MAX_MESSAGE_SECONDS, MAX_SHARED_TASK_SECONDS } from "./define-queue";
import type { BestEffortHandler } from "./handler";
import { type BestEffortMessage, messageSchema, queueUrl } from "./publish";
import { loadHandler } from "./registry";
import { runTask, type TaskDeliveryResult } from "./run-task";
import { verifySignature } from "./verify-signature";

/**
 * Handles one delivery: verifies signature *and* URL over the raw body, then runs the queue's handler.
 *
 * @param body  the raw text of the request
 * @throws {AppError} unauthenticated (nothing was read or written), not_found for an unknown queue; any error of the
 *         handler, so that QStash retries
 */
export async function receiveMessage(
  queue: string,
  body: string,
  headers: Headers,
): Promise<TaskDeliveryResult> {
  await verifySignature({ signature: headers.get("upstash-signature"), body, url: queueUrl(queue) });
  if (!isQueueName(queue)) throw new AppError("not_found", { message: "unknown_queue" });
  const result = await handleWithMaskedErrors(queue, body, headers.get("upstash-message-id"));
  if (result.outcome === "refused") log().error({ queue, reason: result.reason }, "message refused");
  return result;
}

/** Turns a handler's AppError into a 500, because 401 and 409 mean something else to QStash. */
async function handleWithMaskedErrors(
  queue: QueueName,
  body: string,
  messageId: string | null,
): Promise<TaskDeliveryResult> {
  try {
    return await handleMessage(queue, body, messageId);
  } catch (cause) {
    throw cause instanceof AppError ? new AppError("internal", { cause }) : cause;
  }
}

async function handleMessage(
  queue: QueueName,
  body: string,
  messageId: string | null,
): Promise<TaskDeliveryResult> {
  const { delivery, available } = getQueueDefinition(queue);
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { outcome: "refused", reason: "the body is not JSON" };
  }
  const parsed = messageSchema.safeParse(json);
  if (!parsed.success) return { outcome: "refused", reason: "the body is not a message of ours" };
  const message = parsed.data;
  if (!available) return { outcome: "refused", reason: "the queue does not take tasks yet" };
  if (delivery === "guaranteed") {
    if (!("taskIds" in message)) return { outcome: "refused", reason: "the message names no task" };
    return runMessageTasks(message.taskIds, queue as RunnableQueue, messageId);
  }
  if (!("payload" in message)) return { outcome: "refused", reason: "the message has no payload" };
  if (message.queue !== queue) return { outcome: "refused", reason: `the message is for ${message.queue}` };
  return runBestEffort(queue as Exclude<HandledQueue, GuaranteedQueue>, message);
}

/**
 * Runs the tasks that a message names, one after another: a lane's parallelism counts messages. One that fails does not
 * prevent the others: each has its own lease, attempts and deadline. QStash's retries are the message's.
 *
 * @returns `busy` when any must be tried again, `refused` when all are refused; otherwise `done`
 * @throws the first error of a task, after all were tried: QStash delivers the message again, and those that are done
 *         cost one statement each
 */
async function runMessageTasks(
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

async function runBestEffort(
  queue: Exclude<HandledQueue, GuaranteedQueue>,
  { version, payload }: BestEffortMessage,
): Promise<TaskDeliveryResult> {
  const definition = getQueueDefinition(queue);
  if (version > definition.version)
    return { outcome: "refused", reason: "the payload is newer than this code" };
  const parsed = definition.payload.safeParse(payload);
  if (!parsed.success) return { outcome: "refused", reason: "the payload does not fit its schema" };
  const handler = (await loadHandler(queue)) as BestEffortHandler<typeof queue>;
  // The queue's schema has just parsed it.
  await handler(parsed.data as Parameters<typeof handler>[0]);
  return { outcome: "done" };
}
