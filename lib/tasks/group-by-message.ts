import { getLane, type QueueName, queues } from "./catalogue";
import { MAX_MESSAGE_SECONDS, MAX_SHARED_TASK_SECONDS } from "./define-queue";

/** A task to publish to QStash. */
export interface OutboxTask {
  id: string;
  queue: QueueName;
  /** Part of the deduplication id, so that QStash accepts the task again under the next generation. */
  generation: number;
  delaySeconds: number;
  /** It was run before and is not done. */
  hasFailed?: boolean;
}

/** The tasks of one message, which QStash delivers to the queue of the first. */
export type MessageTasks = readonly [OutboxTask, ...OutboxTask[]];

/**
 * Divides tasks into messages, each of which is billed: those of a lane go together as far as the lane and one
 * function's time allow. A task that is delayed, may take long, or has failed before has a message of its own.
 */
export function groupByMessage(tasks: readonly OutboxTask[]): MessageTasks[] {
  const messages: [OutboxTask, ...OutboxTask[]][] = [];
  const open = new Map<string, { message: [OutboxTask, ...OutboxTask[]]; seconds: number }>();
  for (const task of tasks) {
    const lane = getLane(task.queue);
    const seconds = queues[task.queue].timeoutSeconds;
    const isShared = task.delaySeconds === 0 && !task.hasFailed && seconds <= MAX_SHARED_TASK_SECONDS;
    const started = isShared ? open.get(lane.key) : undefined;
    const hasRoom =
      started &&
      started.message.length < lane.tasksPerMessage &&
      started.seconds + seconds <= MAX_MESSAGE_SECONDS;
    if (hasRoom) {
      started.message.push(task);
      started.seconds += seconds;
      continue;
    }
    const message: [OutboxTask, ...OutboxTask[]] = [task];
    messages.push(message);
    if (isShared) open.set(lane.key, { message, seconds });
  }
  return messages;
}
