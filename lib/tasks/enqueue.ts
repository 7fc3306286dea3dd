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
  /** Unique within the queue: a second task with the same key is ignored. At most 200 characters. */
  key: string;
  /** Earliest start, counted from now; up to 7 days. */
  delaySeconds?: number;
  /** The user who started the task and may read it. */
  ownerId?: string;
  /** What the task is about, `order:{id}`: the order's page lists its tasks. */
  subject?: string;
}

/** Time between the commit and the sweeper's takeover of an unpublished task. */
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
 * Writes a task into the outbox, in the transaction of the change: both commit or neither does. It is published after
 * the commit; if that fails, the sweeper publishes it. One SQL statement.
 *
 * @param tx  opened by `transaction` of lib/db; a task in any other transaction is published by the sweeper
 * @returns the task's id, and whether this call created it
 * @throws {AppError} not_available for a queue without a handler yet; bad_request for an invalid payload. Nothing is
 *         written then, and the transaction stays usable
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

  // On a conflict the no-op update returns the existing task's id without a second statement.
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
      // No page shows the task's own channel yet; pages of its subject list it.
      if (subject !== undefined) publishSubjectChanged(subject);
    });
  }
  return row;
}

/**
 * Parses a payload with its queue's schema.
 * @throws {AppError} bad_request with the invalid fields
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

/** Paths of texts that `jsonb` cannot store. Checked here, because an error of Postgres would abort the transaction. */
function findUnstorablePaths(value: unknown, path: readonly string[]): string[] {
  if (typeof value === "string") return isStorable(value) ? [] : [path.join(".")];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) =>
    isStorable(name) ? findUnstorablePaths(child, [...path, name]) : [path.join(".")],
  );
}
