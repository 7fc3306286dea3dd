import { z } from "zod";
import { coalesce } from "../core/coalesce";
import { defer } from "../core/defer";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { withTimeout } from "../core/with-timeout";
import { db } from "../db";
import { type QueueName, queues } from "./catalogue";
import type { TaskMessage } from "./message";
import { publishTaskChanged } from "./publish-changes";
import { getFlowControl, qstash, queueUrl } from "./qstash";

/** A task that is to be handed to QStash. */
export interface OutboxTask {
  id: string;
  queue: QueueName;
  /** Part of the deduplication id: what QStash has taken once it takes again under the next generation. */
  generation: number;
  delaySeconds: number;
}

const PUBLISH_TIMEOUT_MS = 5_000;
/** Tasks of requests that end together go in one call. */
const BATCH_WINDOW_MS = 5;
export const MAX_BATCH_SIZE = 100;

/**
 * After this long a task that QStash has taken is taken for lost there, and published again under a new
 * generation; twice as long after each, up to six hours. A message that is merely late then finds its task done.
 */
const REPUBLISH_AFTER_SECONDS = 300;
const MAX_REPUBLISH_DELAY_SECONDS = 6 * 3_600;

/** Of each of a batch: QStash's id for its message; null when it did not take it. */
const publishResultsSchema = z.array(z.object({ messageId: z.string().optional().catch(undefined) }));

const publishedRowsSchema = z.array(
  z.object({ id: z.uuid(), state: z.string(), ownerId: z.uuid().nullable(), subject: z.string().nullable() }),
);

const dispatchBatched = coalesce(
  async (tasks: OutboxTask[]) => {
    await dispatchTasks(tasks);
    return tasks;
  },
  { windowMs: BATCH_WINDOW_MS, maxSize: MAX_BATCH_SIZE },
);

/** Publishes once the answer is out. What does not get through is the sweeper's. */
export function dispatchAfterResponse(task: OutboxTask): void {
  defer(async () => {
    try {
      await failpoint("tasks.committed");
      await dispatchBatched(task);
    } catch (error) {
      log().warn({ err: error, taskId: task.id }, "a task waits for the sweeper: it was not published");
    }
  });
}

/**
 * Hands tasks to QStash in one call, and notes in one statement which it took.
 *
 * @param tasks  {@link MAX_BATCH_SIZE} at most
 * @returns how many QStash took; the others stay in the outbox
 * @throws when QStash did not answer: it may have taken them all the same, and takes none of them twice
 */
export async function dispatchTasks(tasks: readonly OutboxTask[]): Promise<number> {
  const results = publishResultsSchema.parse(
    await withTimeout(qstash().batchJSON(tasks.map(toQstashMessage)), PUBLISH_TIMEOUT_MS),
  );
  await failpoint("tasks.published");
  const accepted = tasks.flatMap((task, index) => {
    const messageId = results[index]?.messageId;
    return messageId === undefined ? [] : [{ ...task, messageId }];
  });
  if (accepted.length > 0) await markPublished(accepted);
  if (accepted.length < tasks.length) {
    log().warn({ refused: tasks.length - accepted.length }, "QStash did not take all tasks of a batch");
  }
  return accepted.length;
}

function toQstashMessage({ id, queue, generation, delaySeconds }: OutboxTask) {
  const { retries, timeoutSeconds } = queues[queue];
  // What it is about stays in Postgres: QStash's logs hold no one's data.
  const body: TaskMessage = { queue, taskId: id, generation };
  return {
    url: queueUrl(queue),
    body,
    retries,
    timeout: timeoutSeconds,
    flowControl: getFlowControl(queue),
    label: queue,
    deduplicationId: `${id}-${generation}`,
    ...(delaySeconds > 0 ? { delay: delaySeconds } : {}),
  };
}

/**
 * A delivery may have overtaken this; while its lease lives there is nothing to note but where to look for the
 * message. One whose lease has ended waits like any other, or a backlog at QStash would grow with every sweep.
 */
async function markPublished(accepted: readonly (OutboxTask & { messageId: string })[]): Promise<void> {
  const rows = await db().$queryRaw`
UPDATE "Task" task SET
  state = CASE task.state WHEN 'pending' THEN 'published' ELSE task.state END,
  "messageId" = sent."messageId",
  "dueAt" = CASE WHEN task."leaseUntil" > clock_timestamp() THEN task."dueAt"
    ELSE greatest(task."notBefore", clock_timestamp()) + interval '1 second'
      * least(${REPUBLISH_AFTER_SECONDS} * 2.0 ^ least(sent.generation - 1, 20), ${MAX_REPUBLISH_DELAY_SECONDS}) END
FROM unnest(${accepted.map(({ id }) => id)}::uuid[], ${accepted.map(({ generation }) => generation)}::int[],
  ${accepted.map(({ messageId }) => messageId)}::text[]) AS sent(id, generation, "messageId")
WHERE task.id = sent.id AND task.generation = sent.generation AND task.state IN ('pending', 'published', 'running')
RETURNING task.id, task.state::text AS state, task."ownerId", task.subject`;
  for (const { state, ...task } of publishedRowsSchema.parse(rows))
    if (state === "published") publishTaskChanged(task);
}
