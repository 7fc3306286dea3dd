import { z } from "zod";
import { afterCommit, db, Prisma, type Transaction } from "../db";
import { TaskState } from "../schemas/enums";
import { raiseAlert } from "./alerts";
import { failuresWithoutErrorsSql, withFailureSql, withLostAttemptSql } from "./attempts";
import { personalQueues, queues, type RunnableQueue } from "./catalogue";
import { LeaseLostError, type Progress } from "./handler";
import { isPausedSql } from "./paused";
import { publishTaskChanged } from "./publish-changes";

/**
 * A task's lease and fencing number are columns of its row, not keys in Redis: the committing transaction itself checks
 * that no other delivery took over. Times come from Postgres' clock.
 */

/** A lease outlasts its run's time limit by this, so that a run which uses it up can still commit. */
const LEASE_MARGIN_SECONDS = 5;
/** Time after an expired lease before the sweeper publishes the task again. */
const TAKEOVER_DELAY_SECONDS = 10;
/** After a failure QStash retries; the sweeper publishes only when QStash has not done so by then. */
const RETRY_DELAY_SECONDS = 300;
/** Length of a stored error, in characters. */
const MAX_ERROR_LENGTH = 1_000;

const leasedRowSchema = z.object({
  // The statement has compared it with the queues of the caller.
  queue: z.custom<RunnableQueue>((name) => typeof name === "string" && Object.hasOwn(queues, name)),
  version: z.int(),
  payload: z.json(),
  fence: z.int(),
  attempt: z.int(),
  trace: z.string().nullable(),
  requestId: z.string().nullable(),
  ownerId: z.uuid().nullable(),
  subject: z.string().nullable(),
});

const claimRowSchema = z.object({
  state: z.enum(TaskState),
  paused: z.boolean(),
  /** Seconds until another delivery's lease ends, or until the task may run. */
  waitSeconds: z.number(),
  leased: leasedRowSchema.nullable(),
});

export type Lease = z.infer<typeof leasedRowSchema> & { taskId: string; timeoutSeconds: number };

/** `busy`: another delivery has the lease, or the task is not due yet. `finished`: nothing is left to do. */
export type ClaimResult =
  | { outcome: "leased"; lease: Lease }
  | { outcome: "busy"; retryAfterSeconds: number }
  | { outcome: "paused" }
  | { outcome: "finished"; state: "done" | "dead" | "cancelled" }
  | { outcome: "unknown" };

/**
 * Takes the lease on a task for one run, in one statement. Of concurrent deliveries one gets it.
 * @param allowed    the queues that the message may name tasks of; one of another queue is `unknown`
 * @param messageId  QStash's message id, stored so that operators can find it in QStash's logs
 */
export async function claimTask(
  taskId: string,
  allowed: readonly RunnableQueue[],
  messageId: string | null,
): Promise<ClaimResult> {
  const names = [...allowed];
  const leaseSeconds = names.map((queue) => queues[queue].timeoutSeconds + LEASE_MARGIN_SECONDS);
  const rows = await db().$queryRaw<unknown[]>`
WITH leased AS (
  UPDATE "Task" SET
    state = 'running', fence = fence + 1, attempts = attempts + 1, "startedAt" = clock_timestamp(),
    failures = ${withLostAttemptSql()},
    "messageId" = coalesce(${messageId}, "messageId"),
    "leaseUntil" = clock_timestamp() + policy.seconds * interval '1 second',
    "dueAt" = clock_timestamp() + (policy.seconds + ${TAKEOVER_DELAY_SECONDS}) * interval '1 second'
  FROM unnest(${names}::text[], ${leaseSeconds}::int[]) AS policy(name, seconds)
  WHERE id = ${taskId}::uuid AND queue = policy.name AND state IN ('pending', 'published', 'running')
    AND ("leaseUntil" IS NULL OR "leaseUntil" < clock_timestamp()) AND "notBefore" <= clock_timestamp()
    AND NOT ${isPausedSql(Prisma.sql`"Task".queue`)}
  RETURNING id, queue, version, payload, fence, attempts AS attempt, trace, "requestId", "ownerId", subject
)
SELECT task.state, ${isPausedSql(Prisma.sql`task.queue`)} AS paused, extract(epoch FROM greatest(task."leaseUntil", task."notBefore") - clock_timestamp())::float8 AS "waitSeconds",
  (SELECT to_jsonb(leased) FROM leased) AS leased
FROM "Task" task WHERE task.id = ${taskId}::uuid AND task.queue = ANY(${names}::text[])`;
  if (rows.length === 0) return { outcome: "unknown" };
  const { state, paused, waitSeconds, leased } = claimRowSchema.parse(rows[0]);
  if (leased) {
    const lease = { ...leased, taskId, timeoutSeconds: queues[leased.queue].timeoutSeconds };
    publishLeasedTaskChanged(lease);
    return { outcome: "leased", lease };
  }
  if (state === "done" || state === "dead" || state === "cancelled") return { outcome: "finished", state };
  // An early delivery, and one beside a running attempt, come again.
  if (paused && waitSeconds <= 0) return { outcome: "paused" };
  return { outcome: "busy", retryAfterSeconds: Math.max(1, Math.ceil(waitSeconds)) };
}

/** Stores the progress of a run and renews its lease. @throws {LeaseLostError} */
export async function extendLease(lease: Lease, progress: Progress): Promise<void> {
  const { taskId, fence, timeoutSeconds } = lease;
  const leaseSeconds = timeoutSeconds + LEASE_MARGIN_SECONDS;
  const updated = await db().$executeRaw`
UPDATE "Task" SET progress = ${JSON.stringify(progress)}::jsonb,
  "leaseUntil" = clock_timestamp() + ${leaseSeconds} * interval '1 second',
  "dueAt" = clock_timestamp() + ${leaseSeconds + TAKEOVER_DELAY_SECONDS} * interval '1 second'
WHERE id = ${taskId}::uuid AND fence = ${fence} AND state = 'running'`;
  if (updated === 0) throw new LeaseLostError(taskId);
  publishLeasedTaskChanged(lease);
}

/**
 * Marks a task as done, in the transaction of its effects. The row stays locked until the commit: a concurrent delivery
 * waits and then finds the task done.
 * @throws {LeaseLostError} another delivery took over: the transaction must roll back
 */
export async function completeTask(tx: Transaction, lease: Lease): Promise<void> {
  const { taskId, fence } = lease;
  const updated = await tx.$executeRaw`
UPDATE "Task" SET state = 'done', "finishedAt" = clock_timestamp(), "leaseUntil" = NULL, error = NULL,
  payload = CASE WHEN queue IN (${Prisma.join(personalQueues)}) THEN '{}' ELSE payload END,
  failures = CASE WHEN queue IN (${Prisma.join(personalQueues)}) THEN ${failuresWithoutErrorsSql} ELSE failures END
WHERE id = ${taskId}::uuid AND fence = ${fence} AND state = 'running'`;
  if (updated === 0) throw new LeaseLostError(taskId);
  afterCommit(tx, () => publishLeasedTaskChanged(lease));
}

/** Releases the lease after a failure, so that the next attempt need not wait for its expiry. */
export async function releaseTask(lease: Lease, error: unknown): Promise<void> {
  const { taskId, fence } = lease;
  const description = describeError(error);
  const updated = await db().$executeRaw`
UPDATE "Task" SET state = 'published', "leaseUntil" = NULL, error = ${description},
  failures = ${withFailureSql(description)},
  "dueAt" = clock_timestamp() + ${RETRY_DELAY_SECONDS} * interval '1 second' * least(attempts, 12)
WHERE id = ${taskId}::uuid AND fence = ${fence} AND state = 'running'`;
  if (updated > 0) publishLeasedTaskChanged(lease);
}

/** Marks a task as dead, with its alert, in one transaction. */
export async function markTaskDead(tx: Transaction, lease: Lease, reason: string): Promise<void> {
  const { taskId, fence, queue } = lease;
  const updated = await tx.$executeRaw`
UPDATE "Task" SET state = 'dead', "finishedAt" = clock_timestamp(), "leaseUntil" = NULL,
  error = ${toStorableText(reason)}, failures = ${withFailureSql(toStorableText(reason))}
WHERE id = ${taskId}::uuid AND fence = ${fence} AND state = 'running'`;
  if (updated === 0) throw new LeaseLostError(taskId);
  const message = `a task of ${queue} is dead: ${toStorableText(reason)}`;
  await raiseAlert(tx, { kind: "task_dead", subject: taskId, message }, lease.subject);
  afterCommit(tx, () => publishLeasedTaskChanged(lease));
}

function publishLeasedTaskChanged({ taskId, ownerId, subject }: Lease): void {
  publishTaskChanged({ id: taskId, ownerId, subject });
}

function describeError(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return toStorableText(text);
}

/** Postgres rejects a NUL in text; one in an error message must not prevent storing the failure. */
function toStorableText(text: string): string {
  return text.replaceAll("\0", "").slice(0, MAX_ERROR_LENGTH);
}
