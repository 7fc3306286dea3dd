import { log } from "../core/log";
import type { Transaction } from "../db";
import type { AbandonedTask } from "./abandon-task";
import { getQueueDefinition, isQueueName, type RunnableQueue } from "./catalogue";
import type { AnyTaskHandler } from "./handler";
import { parseTaskPayload } from "./parse-task-payload";
import { loadHandler } from "./registry";

/** Calls `abandon` of the queue's handler, if it has one and can read the payload. */
export async function abandonByHandler(tx: Transaction, task: AbandonedTask): Promise<void> {
  const { queue } = task;
  if (!isQueueName(queue)) return;
  const { delivery, available } = getQueueDefinition(queue);
  if (delivery !== "guaranteed" || !available) return;
  const handled = queue as RunnableQueue;
  const handler = (await loadHandler(handled)) as AnyTaskHandler<typeof handled>;
  if (!handler.abandon) return;
  let payload: unknown;
  try {
    payload = parseTaskPayload(task, queue);
  } catch (error) {
    log().warn({ err: error, queue }, "task abandoned with a payload that nothing reads");
    return;
  }
  // The queue's schema has just parsed it.
  await handler.abandon(tx, payload as Parameters<typeof handler.prepare>[0], task.id);
}
