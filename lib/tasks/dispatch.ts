import { z } from "zod";
import { coalesce } from "../core/coalesce";
import { defer } from "../core/defer";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { withLimit } from "../core/with-timeout";
import { db } from "../db";
import { type QueueName, queues } from "./catalogue";
import type { TaskMessage } from "./message";
import { tellTask } from "./publish-changes";
import { flowControlOf, qstash, queueUrl } from "./qstash";

/** A task that is to be handed to QStash. */
export interface Dispatch {
  id: string;
  queue: QueueName;
  /** Part of the deduplication id: what QStash has taken once it takes again under the next generation. */
  generation: number;
  delaySeconds: number;
}

const PUBLISH_LIMIT_MS = 5_000;
/** Tasks of requests that end together go in one call. */
const WINDOW_MS = 5;
export const MOST_PER_CALL = 100;

/**
 * After this long a task that QStash has taken is taken for lost there, and published again under a new
 * generation; twice as long after each, up to six hours. A message that is merely late then finds its task done.
 */
const LOST_AFTER_SECONDS = 300;
const LONGEST_WAIT_SECONDS = 6 * 3_600;

/** Of each of a batch: QStash's id for its message; null when it did not take it. */
const answersSchema = z.array(z.object({ messageId: z.string().optional().catch(undefined) }));

const markedSchema = z.array(
  z.object({ id: z.uuid(), state: z.string(), ownerId: z.uuid().nullable(), subject: z.string().nullable() }),
);

const together = coalesce(
  async (tasks: Dispatch[]) => {
    await dispatch(tasks);
    return tasks;
  },
  { windowMs: WINDOW_MS, maxSize: MOST_PER_CALL },
);

/** Publishes once the answer is out. What does not get through is the sweeper's. */
export function dispatchSoon(task: Dispatch): void {
  defer(async () => {
    try {
      await failpoint("tasks.committed");
      await together(task);
    } catch (error) {
      log().warn({ err: error, taskId: task.id }, "a task waits for the sweeper: it was not published");
    }
  });
}

/**
 * Hands tasks to QStash in one call, and notes in one statement which it took.
 *
 * @param tasks  {@link MOST_PER_CALL} at most
 * @returns how many QStash took; the others stay in the outbox
 * @throws when QStash did not answer: it may have taken them all the same, and takes none of them twice
 */
export async function dispatch(tasks: readonly Dispatch[]): Promise<number> {
  const answers = answersSchema.parse(
    await withLimit(qstash().batchJSON(tasks.map(messageOf)), PUBLISH_LIMIT_MS),
  );
  await failpoint("tasks.published");
  const taken = tasks.flatMap((task, index) => {
    const messageId = answers[index]?.messageId;
    return messageId === undefined ? [] : [{ ...task, messageId }];
  });
  if (taken.length > 0) await markPublished(taken);
  if (taken.length < tasks.length) {
    log().warn({ refused: tasks.length - taken.length }, "QStash did not take all tasks of a batch");
  }
  return taken.length;
}

function messageOf({ id, queue, generation, delaySeconds }: Dispatch) {
  const { retries, timeoutSeconds } = queues[queue];
  // What it is about stays in Postgres: QStash's logs hold no one's data.
  const body: TaskMessage = { queue, taskId: id, generation };
  return {
    url: queueUrl(queue),
    body,
    retries,
    timeout: timeoutSeconds,
    flowControl: flowControlOf(queue),
    label: queue,
    deduplicationId: `${id}-${generation}`,
    ...(delaySeconds > 0 ? { delay: delaySeconds } : {}),
  };
}

/**
 * A delivery may have overtaken this; while its lease lives there is nothing to note but where to look for the
 * message. One whose lease has ended waits like any other, or a backlog at QStash would grow with every sweep.
 */
async function markPublished(taken: readonly (Dispatch & { messageId: string })[]): Promise<void> {
  const rows = await db().$queryRaw`
UPDATE "Task" task SET
  state = CASE task.state WHEN 'pending' THEN 'published' ELSE task.state END,
  "messageId" = sent."messageId",
  "dueAt" = CASE WHEN task."leaseUntil" > clock_timestamp() THEN task."dueAt"
    ELSE greatest(task."notBefore", clock_timestamp()) + interval '1 second'
      * least(${LOST_AFTER_SECONDS} * 2.0 ^ least(sent.generation - 1, 20), ${LONGEST_WAIT_SECONDS}) END
FROM unnest(${taken.map(({ id }) => id)}::uuid[], ${taken.map(({ generation }) => generation)}::int[],
  ${taken.map(({ messageId }) => messageId)}::text[]) AS sent(id, generation, "messageId")
WHERE task.id = sent.id AND task.generation = sent.generation AND task.state IN ('pending', 'published', 'running')
RETURNING task.id, task.state::text AS state, task."ownerId", task.subject`;
  for (const { state, ...task } of markedSchema.parse(rows)) if (state === "published") tellTask(task);
}
