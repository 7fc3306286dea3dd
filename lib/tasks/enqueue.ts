import { z } from "zod";
import { AppError } from "../core/errors";
import { failpoint } from "../core/failpoint";
import { newId } from "../core/ids";
import { isStorable } from "../core/text";
import { currentTraceparent } from "../core/trace";
import { afterCommit, type Transaction } from "../db";
import { type GuaranteedQueue, getQueueDefinition, type PayloadInput, type QueueName } from "./catalogue";
import { dispatchAfterResponse } from "./dispatch";
import { publishSubjectChanged } from "./publish-changes";

export interface EnqueueOptions {
  /** What makes it the same task: of two with one key in a queue the first one counts. At most 200 characters. */
  key: string;
  /** Not run before. Up to 7 days. */
  delaySeconds?: number;
  /** Who started it and may look at it. */
  ownerId?: string;
  /** What it is about, `order:{id}`: whoever shows that shows its tasks. */
  subject?: string;
}

/** How long the publisher has after a commit before the sweeper takes over. */
export const PUBLISH_GRACE_SECONDS = 30;

const optionsSchema = z.object({
  key: z.string().min(1).max(200),
  delaySeconds: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .default(0),
  ownerId: z.uuid().optional(),
  subject: z.string().min(1).max(200).optional(),
});

const rowSchema = z.tuple([z.object({ id: z.uuid(), created: z.boolean() })]);

/**
 * Puts a task into the outbox, in the transaction of the change it follows: both commit or neither does. After
 * the commit it is published; when that does not happen, the sweeper does it. One SQL statement.
 *
 * @param tx  opened by `transaction` of lib/db: in one opened otherwise the sweeper publishes
 * @returns the task's id, and whether it was not there before
 * @throws {AppError} not_available for a queue whose work belongs to a later part; bad_request for a payload
 *         that does not fit. Nothing is written then, and the transaction goes on
 */
export async function enqueue<Q extends GuaranteedQueue>(
  tx: Transaction,
  queue: Q,
  payload: PayloadInput<Q>,
  options: EnqueueOptions,
): Promise<{ id: string; created: boolean }> {
  const definition = getQueueDefinition(queue);
  if (!definition.available) throw new AppError("not_available", { message: "queue_not_available" });
  const { key, delaySeconds, ownerId, subject } = optionsSchema.parse(options);
  const body = JSON.stringify(parsePayload(queue, payload));
  const id = newId();

  // A task that is there is touched, not changed: its id is needed, and without it there would be a second statement.
  const rows = await tx.$queryRaw`
INSERT INTO "Task" (id, queue, key, version, payload, "ownerId", subject, trace, "notBefore", "dueAt", "deadlineAt")
SELECT ${id}::uuid, ${queue}, ${key}, ${definition.version}, ${body}::jsonb, ${ownerId ?? null}::uuid, ${subject ?? null},
  ${currentTraceparent() ?? null}, runs.at, runs.at + ${PUBLISH_GRACE_SECONDS} * interval '1 second',
  runs.at + ${definition.deadlineSeconds} * interval '1 second'
FROM (SELECT clock_timestamp() + ${delaySeconds} * interval '1 second' AS at) runs
ON CONFLICT (queue, key) DO UPDATE SET key = excluded.key
RETURNING id, id = ${id}::uuid AS created`;
  const [row] = rowSchema.parse(rows);
  await failpoint("tasks.enqueued");
  if (row.created) {
    afterCommit(tx, () => {
      dispatchAfterResponse({ id, queue, generation: 1, delaySeconds });
      // Nobody knows of it yet; what it is about has another step.
      if (subject !== undefined) publishSubjectChanged(subject);
    });
  }
  return row;
}

/**
 * A payload as its queue wants it.
 * @throws {AppError} bad_request with the fields that are wrong
 */
export function parsePayload(queue: QueueName, payload: unknown): unknown {
  const parsed = getQueueDefinition(queue).payload.safeParse(payload);
  if (!parsed.success) {
    throw new AppError("bad_request", {
      details: parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message })),
      cause: parsed.error,
    });
  }
  const unstorablePaths = findUnstorablePaths(parsed.data, []);
  if (unstorablePaths.length > 0) {
    const message = "must be text without control characters that cannot be kept";
    throw new AppError("bad_request", { details: unstorablePaths.map((path) => ({ path, message })) });
  }
  return parsed.data;
}

/** Where a payload holds what `jsonb` cannot: asking Postgres would end the transaction. */
function findUnstorablePaths(value: unknown, path: readonly string[]): string[] {
  if (typeof value === "string") return isStorable(value) ? [] : [path.join(".")];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) =>
    isStorable(name) ? findUnstorablePaths(child, [...path, name]) : [path.join(".")],
  );
}
