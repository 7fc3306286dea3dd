import { Client } from "@upstash/qstash";
import { z } from "zod";
import { coalesce } from "../core/coalesce";
import { increment } from "../core/counters";
import { defer } from "../core/defer";
import { env } from "../core/env";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { withTimeout } from "../core/with-timeout";
import { db } from "../db";
import {
  type BestEffortQueue,
  getLane,
  type PayloadInput,
  parsePayload,
  type QueueName,
  queues,
} from "./catalogue";
import { COMMIT_SECONDS } from "./define-queue";
import { groupByMessage, type MessageTasks, type OutboxTask } from "./group-by-message";
import { publishTaskChanged } from "./publish-changes";
import { runRejectedTasks } from "./run-rejected";

const PUBLISH_TIMEOUT_MS = 3_000;

export interface PublishOptions {
  delaySeconds?: number;
  /** QStash delivers one of two messages with the same id. Must not contain a colon. */
  deduplicationId?: string;
}

/**
 * Publishes a best-effort task, without a row in Postgres.
 *
 * @returns QStash's message id
 * @throws when QStash rejects it; {@link TimeoutError} when the outcome is unknown; {AppError} bad_request for an
 *         invalid payload
 */
export async function publish<Q extends BestEffortQueue>(
  queue: Q,
  payload: PayloadInput<Q>,
  { delaySeconds, deduplicationId }: PublishOptions = {},
): Promise<string> {
  const body: BestEffortMessage = {
    queue,
    version: queues[queue].version,
    payload: parsePayload(queue, payload),
  };
  const response = await withTimeout(
    qstash().publishJSON({
      ...deliveryOptions([queue]),
      body,
      ...(delaySeconds === undefined ? {} : { delay: delaySeconds }),
      ...(deduplicationId === undefined ? {} : { deduplicationId }),
    }),
    PUBLISH_TIMEOUT_MS,
  );
  increment("qstash_messages_total", ["accepted"]);
  return response.messageId;
}

const BATCH_TIMEOUT_MS = 5_000;
/** Tasks of requests that end within this window go to QStash in one call. */
const BATCH_WINDOW_MS = 5;
export const MAX_BATCH_SIZE = 100;

/**
 * After this long a published task counts as lost at QStash and is published again under a new generation; the delay
 * doubles each time, up to six hours. A message that was only late finds its task done.
 */
const REPUBLISH_AFTER_SECONDS = 300;
const MAX_REPUBLISH_DELAY_SECONDS = 6 * 3_600;

/** For each task of a batch QStash's message id; undefined when it rejected the task. */
const publishResultsSchema = z.array(z.object({ messageId: z.string().optional().catch(undefined) }));

const publishedRowsSchema = z.array(
  z.object({ id: z.uuid(), state: z.string(), ownerId: z.uuid().nullable(), subject: z.string().nullable() }),
);

const dispatchBatched = coalesce(
  async (tasks: OutboxTask[]) => {
    const rejected = new Set(await dispatchTasks(tasks));
    return tasks.map((task) => ({ accepted: !rejected.has(task) }));
  },
  { windowMs: BATCH_WINDOW_MS, maxSize: MAX_BATCH_SIZE },
);

/**
 * Publishes a task after the response is sent. When QStash does not take it, a task of the money lane runs at once, in
 * this process; the others are left to the sweeper.
 */
export function dispatchAfterResponse(task: OutboxTask): void {
  defer(async () => {
    try {
      await failpoint("tasks.committed");
      const { accepted } = await dispatchBatched(task);
      if (accepted) return;
    } catch (error) {
      log().warn({ err: error, taskId: task.id }, "task not published: QStash unavailable");
    }
    await runRejectedTasks([task]);
  });
}

/**
 * Publishes tasks to QStash in one call, as few messages as their lanes allow, and marks the accepted ones in one
 * statement.
 *
 * @param tasks  {@link MAX_BATCH_SIZE} at most
 * @returns those that QStash rejected; they stay in the outbox
 * @throws when QStash did not answer: the outcome is unknown, and deduplication makes a repeat safe
 */
export async function dispatchTasks(tasks: readonly OutboxTask[]): Promise<OutboxTask[]> {
  const messages = groupByMessage(tasks);
  const results = publishResultsSchema.parse(
    await withTimeout(qstash().batchJSON(messages.map(toQstashMessage)), BATCH_TIMEOUT_MS),
  );
  await failpoint("tasks.published");
  const accepted = messages.flatMap((message, index) => {
    const messageId = results[index]?.messageId;
    return messageId === undefined ? [] : message.map((task) => ({ ...task, messageId }));
  });
  if (accepted.length > 0) await markPublished(accepted);
  const acceptedCount = messages.filter((_, index) => results[index]?.messageId !== undefined).length;
  if (acceptedCount > 0) increment("qstash_messages_total", ["accepted"], acceptedCount);
  if (acceptedCount < messages.length)
    increment("qstash_messages_total", ["rejected"], messages.length - acceptedCount);
  const rejected = messages.flatMap((message, index) => (results[index]?.messageId ? [] : message));
  if (rejected.length > 0) log().warn({ rejected: rejected.length }, "QStash rejected part of a batch");
  return rejected;
}

function toQstashMessage(tasks: MessageTasks) {
  const [{ id, generation, delaySeconds }] = tasks;
  // A wake-up: the payloads stay in Postgres, so that QStash's logs hold no personal data.
  const body: TaskMessage = { taskIds: tasks.map((task) => task.id) };
  return {
    ...deliveryOptions([tasks[0].queue, ...tasks.slice(1).map(({ queue }) => queue)]),
    body,
    // Each generation of a task is published once, so the first one's stands for the message.
    deduplicationId: `${id}-${generation}`,
    ...(delaySeconds > 0 ? { delay: delaySeconds } : {}),
  };
}

/**
 * A delivery may have claimed a task already: while its lease lives, only the message id is stored. A task whose lease
 * has expired gets the normal `dueAt`, or a backlog at QStash would grow with every sweep.
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

/** Where and how QStash delivers a message with tasks of these queues, which share a lane: to the first one's. */
function deliveryOptions(of: readonly [QueueName, ...QueueName[]]) {
  const [queue] = of;
  const lane = getLane(queue);
  return {
    url: queueUrl(queue),
    retries: Math.max(...of.map((name) => queues[name].retries)),
    timeout:
      of.reduce((seconds, name) => seconds + queues[name].timeoutSeconds, 0) +
      (of.length - 1) * COMMIT_SECONDS,
    flowControl: {
      key: lane.key,
      parallelism: lane.parallelism,
      ...(lane.ratePerSecond === undefined ? {} : { rate: lane.ratePerSecond, period: 1 }),
    },
    label: queue,
  };
}

let cachedClient: Client | undefined;

/** This process's QStash client. It has no timeout: wrap every call in `withTimeout`. */
export function qstash(): Client {
  cachedClient ??= new Client({
    baseUrl: env().QSTASH_URL,
    token: env().QSTASH_TOKEN,
    retry: false,
    enableTelemetry: false,
  });
  return cachedClient;
}

/** The URL that QStash delivers a queue's messages to, and that its signatures must contain. */
export function queueUrl(queue: string): string {
  const { APP_URL, TRANSCODER_URL } = env();
  const base = queue === "audio-transcoding" ? (TRANSCODER_URL ?? APP_URL) : APP_URL;
  return `${base}/api/qstash/${queue}`;
}

const taskMessageSchema = z.object({ taskIds: z.array(z.uuid()).min(1).max(MAX_BATCH_SIZE) });

/** Messages under way when this format changed: one task each. */
const formerTaskMessageSchema = z
  .object({ queue: z.string(), taskId: z.uuid(), generation: z.int().positive() })
  .transform(({ taskId }) => ({ taskIds: [taskId] }));

const bestEffortMessageSchema = z.object({
  queue: z.string(),
  version: z.int(),
  payload: z.unknown(),
});

/** Body of a message: the rows of tasks of one lane, or the payload itself where there is no row. */
export const messageSchema = z.union([taskMessageSchema, formerTaskMessageSchema, bestEffortMessageSchema]);

type TaskMessage = z.infer<typeof taskMessageSchema>;
export type BestEffortMessage = z.infer<typeof bestEffortMessageSchema>;
