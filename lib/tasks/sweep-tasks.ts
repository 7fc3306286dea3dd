import { z } from "zod";
import { now } from "../core/clock";
import { log } from "../core/log";
import { afterCommit, Prisma, transaction } from "../db";
import { abandonTask } from "./abandon-task";
import { raiseAlert } from "./alerts";
import { withLostAttemptSql } from "./attempts";
import { importDeadLetters } from "./dead-letters";
import { openQueuesSql } from "./paused";
import { publishTaskChanged } from "./publish-changes";
import { queueNamesSql, queueWalkSql } from "./queue-names";
import { republishDueTasks } from "./republish";

/** Result of one sweep. */
export const sweepReportSchema = z.object({
  /** Tasks that QStash accepted in this sweep. */
  republished: z.int(),
  /** Tasks past their deadline that were marked dead, with an alert. */
  expired: z.int(),
  /** Dead letters imported from QStash. */
  deadLetters: z.int(),
  durationMs: z.int(),
});

export type SweepReport = z.infer<typeof sweepReportSchema>;

/** Below the time limit of a function on every plan; the next sweep does the rest. */
const BUDGET_MS = 40_000;
const MAX_EXPIRED_PER_SWEEP = 100;

/**
 * Repairs every lost step: publishes due tasks of the outbox, tasks that QStash seems to have lost and tasks whose
 * lease expired; imports dead letters; marks tasks past their deadline as dead. When QStash does not take them, due tasks
 * of the money lane run after the response. Safe to run concurrently and to crash anywhere.
 *
 * An unavailable backend fails its own step only.
 * @throws the first step's error, after all steps were tried
 */
export async function sweepTasks({ budgetMs = BUDGET_MS } = {}): Promise<SweepReport> {
  const startedMs = now();
  const failures: unknown[] = [];
  const runStep = async (step: () => Promise<number>) => {
    try {
      return await step();
    } catch (error) {
      failures.push(error);
      return 0;
    }
  };
  const expired = await runStep(expireTasks);
  const deadLetters = await runStep(importDeadLetters);
  const republished = await runStep(() => republishDueTasks(startedMs + budgetMs));
  const report: SweepReport = { republished, expired, deadLetters, durationMs: now() - startedMs };
  log().info(report, "tasks swept");
  if (failures.length > 0) throw failures[0];
  return report;
}

const expiredRowsSchema = z.array(
  z.object({
    id: z.uuid(),
    queue: z.string(),
    version: z.int(),
    payload: z.json(),
    error: z.string().nullable(),
    ownerId: z.uuid().nullable(),
    subject: z.string().nullable(),
  }),
);

/** Marks tasks past their deadline as dead; a running one after its lease has expired, and none of a paused queue. */
async function expireTasks(): Promise<number> {
  return transaction(async (tx) => {
    const rows = await tx.$queryRaw`
WITH RECURSIVE ${queueWalkSql}, late AS (
  SELECT first.id FROM ${openQueuesSql(queueNamesSql, Prisma.sql`"deadlineAt"`)}
  CROSS JOIN LATERAL (
    SELECT id FROM "Task"
    WHERE queue = open.name AND state IN ('pending', 'published', 'running') AND "deadlineAt" <= statement_timestamp()
      AND ("leaseUntil" IS NULL OR "leaseUntil" < clock_timestamp())
    ORDER BY "deadlineAt" LIMIT ${MAX_EXPIRED_PER_SWEEP} FOR UPDATE SKIP LOCKED
  ) first
  LIMIT ${MAX_EXPIRED_PER_SWEEP}
)
UPDATE "Task" task SET state = 'dead', "finishedAt" = clock_timestamp(), "leaseUntil" = NULL,
  failures = ${withLostAttemptSql()}
FROM late WHERE task.id = late.id
RETURNING task.id, task.queue, task.version, task.payload, task.error, task."ownerId", task.subject`;
    const expired = expiredRowsSchema.parse(rows);
    afterCommit(tx, () => expired.forEach(publishTaskChanged));
    for (const task of expired) {
      const { id, queue, error, subject } = task;
      const reason = error === null ? "nothing ran it" : `last: ${error}`;
      const message = `a task of ${queue} was not done by its deadline; ${reason}`;
      await raiseAlert(tx, { kind: "task_dead", subject: id, message }, subject);
      await abandonTask(tx, task);
    }
    return expired.length;
  });
}
