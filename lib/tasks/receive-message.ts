import { AppError } from "../core/errors";
import { readText } from "../core/http";
import { log } from "../core/log";
import {
  type GuaranteedQueue,
  getQueueDefinition,
  type HandledQueue,
  isQueueName,
  type QueueName,
} from "./catalogue";
import type { BestEffortHandler } from "./handler";
import { type BestEffortMessage, messageSchema } from "./message";
import { qstashReceiver, queueUrl } from "./qstash";
import { loadHandler } from "./registry";
import { runTask } from "./run-task";
import type { TaskDeliveryResult } from "./task-delivery-result";

/** QStash carries up to 1 MB on its smaller plans. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Clocks differ a little; a signature is good for five minutes anyway. */
const CLOCK_TOLERANCE_SECONDS = 5;

/**
 * Takes one delivery: verifies signature *and* address over the raw body, then finds the handler and runs it.
 *
 * @throws {AppError} unauthenticated (nothing has been done), not_found for an unknown queue; whatever the
 *         handler throws means: try again
 */
export async function receiveMessage(queue: string, request: Request): Promise<TaskDeliveryResult> {
  const body = await readText(request, MAX_BODY_BYTES);
  await verifySignature(queue, body, request.headers.get("upstash-signature"));
  if (!isQueueName(queue)) throw new AppError("not_found", { message: "unknown_queue" });
  const result = await handleWithMaskedErrors(queue, body, request.headers.get("upstash-message-id"));
  if (result.outcome === "refused") log().error({ queue, reason: result.reason }, "a message was refused");
  return result;
}

/** The SDK's own wrapper ignores the address: a message for one queue would be accepted on another. */
async function verifySignature(queue: string, body: string, signature: string | null): Promise<void> {
  if (!signature) throw new AppError("unauthenticated", { message: "bad_signature" });
  try {
    await qstashReceiver().verify({
      signature,
      body,
      url: queueUrl(queue),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
  } catch (cause) {
    throw new AppError("unauthenticated", { message: "bad_signature", cause });
  }
}

/** A handler's failure is one, whatever it would say to people: 401 or 409 have a meaning of their own here. */
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
  if (message.queue !== queue) return { outcome: "refused", reason: `the message is for ${message.queue}` };
  if (!available) return { outcome: "refused", reason: "the queue does not take tasks yet" };
  if (delivery === "guaranteed") {
    if (!("taskId" in message)) return { outcome: "refused", reason: "the message names no task" };
    const { taskId } = message;
    return runTask({ taskId, queue: queue as GuaranteedQueue & HandledQueue, messageId });
  }
  if (!("payload" in message)) return { outcome: "refused", reason: "the message has no payload" };
  return runBestEffort(queue as Exclude<HandledQueue, GuaranteedQueue>, message);
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
  // The queue's own schema has just parsed it.
  await handler(parsed.data as Parameters<typeof handler>[0]);
  return { outcome: "done" };
}
