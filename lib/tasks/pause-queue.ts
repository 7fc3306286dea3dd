import { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { defer } from "../core/defer";
import { AppError } from "../core/errors";
import { log } from "../core/log";
import { requireFreshSignIn, requireRole, type SignedInCaller } from "../core/permission";
import { afterCommit, db, transaction } from "../db";
import { type GuaranteedQueue, getQueueDefinition, isQueueName } from "./catalogue";
import { type QueuePause, toPauseView } from "./paused";
import { republishQueue } from "./republish";

/** Why something is done goes into the audit log and beside the queue. */
type ReasonedContext = AuditContext & { reason: string };

/**
 * Pauses a queue; one that is paused already stays as it is.
 *
 * @throws {AppError} forbidden for anyone but administrators; fresh_sign_in_required; not_found for a queue that does
 *         not exist; conflict for a best-effort one, whose messages are in no table
 */
export async function pauseQueue(
  caller: SignedInCaller,
  name: string,
  { reason, ...context }: ReasonedContext,
): Promise<QueuePause> {
  const queue = requireOperable(caller, name);
  return transaction(async (tx) => {
    const { count } = await tx.queuePause.createMany({ data: [{ queue, reason }], skipDuplicates: true });
    const pause = await tx.queuePause.findUniqueOrThrow({ where: { queue } });
    if (count > 0) {
      await recordAudit(tx, {
        action: "queue_paused",
        actorId: caller.userId,
        subject: `queue:${queue}`,
        ...context,
        reason,
      });
    }
    return toPauseView(pause);
  });
}

/**
 * Resumes a queue: its waiting tasks get a new deadline, as replayed ones do, and are published after the response. One
 * that is not paused stays as it is. Safe to repeat: until the last step has committed the queue is paused.
 *
 * @throws {AppError} as {@link pauseQueue}
 */
export async function resumeQueue(
  caller: SignedInCaller,
  name: string,
  context: ReasonedContext,
): Promise<{ queue: string }> {
  const queue = requireOperable(caller, name);
  if (!(await db().queuePause.findUnique({ where: { queue } }))) return { queue };
  await renewDeadlines(queue);
  await transaction(async (tx) => {
    const { count } = await tx.queuePause.deleteMany({ where: { queue } });
    if (count === 0) return;
    await recordAudit(tx, {
      action: "queue_resumed",
      actorId: caller.userId,
      subject: `queue:${queue}`,
      ...context,
    });
    afterCommit(tx, () => defer(() => publishWaiting(queue)));
  });
  return { queue };
}

function requireOperable(caller: SignedInCaller, name: string): GuaranteedQueue {
  requireRole(caller, "admin");
  requireFreshSignIn(caller);
  if (!isQueueName(name)) throw new AppError("not_found", { message: "unknown_queue" });
  if (getQueueDefinition(name).delivery !== "guaranteed")
    throw new AppError("conflict", { message: "queue_not_pausable" });
  return name as GuaranteedQueue;
}

/** Tasks of one statement, to keep locks short. */
const BATCH_SIZE = 2_000;
const targetRowsSchema = z.tuple([z.object({ at: z.date() })]);

/**
 * Batch by batch, to one time, so that a repeat of an interrupted call has an end, and in the order of the index: by id
 * each batch would read and sort the whole backlog.
 */
async function renewDeadlines(queue: GuaranteedQueue): Promise<void> {
  const { deadlineSeconds } = getQueueDefinition(queue);
  const rows = await db()
    .$queryRaw`SELECT clock_timestamp() + ${deadlineSeconds} * interval '1 second' AS at`;
  const [{ at }] = targetRowsSchema.parse(rows);
  let renewed = BATCH_SIZE;
  while (renewed === BATCH_SIZE) {
    renewed = await transaction(
      (tx) => tx.$executeRaw`
UPDATE "Task" SET "deadlineAt" = ${at} WHERE id = ANY (ARRAY(
  SELECT id FROM "Task"
  WHERE queue = ${queue} AND state IN ('pending', 'published', 'running') AND "deadlineAt" < ${at}
  ORDER BY "deadlineAt" LIMIT ${BATCH_SIZE} FOR UPDATE))`,
    );
  }
}

async function publishWaiting(queue: GuaranteedQueue): Promise<void> {
  try {
    const published = await republishQueue(queue);
    log().info({ queue, published }, "queue resumed");
  } catch (error) {
    log().warn({ err: error, queue }, "queue resumed: its tasks are left to the sweeper");
  }
}
