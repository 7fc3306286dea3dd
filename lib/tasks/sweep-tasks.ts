import { z } from "zod";
import { now } from "../core/clock";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { afterCommit, db, transaction } from "../db";
import { isQueueName, queues } from "./catalogue";
import { importDeadLetters } from "./dead-letters";
import { dispatchTasks, MAX_BATCH_SIZE, type OutboxTask } from "./dispatch";
import { publishTaskChanged } from "./publish-changes";
import { raiseAlert } from "./raise-alert";

/** What a sweep did. */
export const sweepReportSchema = z.object({
  /** Tasks that QStash took (again). */
  republished: z.int(),
  /** Tasks that were past their deadline and are dead now, with an alert. */
  expired: z.int(),
  /** Dead letters of QStash that were brought home. */
  deadLetters: z.int(),
  durationMs: z.int(),
});

export type SweepReport = z.infer<typeof sweepReportSchema>;

/** Below the time limit of a function on every plan; what is left waits for the next sweep. */
const BUDGET_MS = 40_000;
/** A task whose publishing failed is tried again after this long. */
const RETRY_DELAY_SECONDS = 30;
const MAX_EXPIRED_PER_SWEEP = 100;

/**
 * Makes up for everything that did not happen by itself: publishes what is due in the outbox, what QStash
 * seems to have lost and what died under its lease; brings home dead letters; ends what is past its deadline.
 * Any number of sweeps may run at once, and one may die anywhere.
 *
 * A backend that is down fails its own part only.
 * @throws what the first part that failed threw, after all have been tried
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

async function republishDueTasks(deadlineMs: number): Promise<number> {
  let republished = 0;
  while (now() < deadlineMs) {
    const due = await claimDueTasks();
    if (due.length === 0) break;
    await failpoint("tasks.swept");
    // The first call that fails ends the sweep: QStash is down, and the rest is due a little later.
    const accepted = await dispatchTasks(due);
    republished += accepted;
    if (accepted < due.length || due.length < MAX_BATCH_SIZE) break;
  }
  return republished;
}

const dueRowsSchema = z.array(z.object({ id: z.uuid(), queue: z.string(), generation: z.int() }));

/**
 * Claims what is due: under a new generation, so that QStash does not take it for what it has seen, and due again
 * soon, should this process die before it has published. Sweeps that run at once skip each other's rows. Queues of
 * another deployment are left to that: a hundred of their tasks would hold up all of ours.
 */
async function claimDueTasks(): Promise<OutboxTask[]> {
  const rows = await db().$queryRaw`
WITH due AS (
  SELECT id FROM "Task"
  WHERE state IN ('pending', 'published', 'running') AND "dueAt" <= clock_timestamp()
    AND queue = ANY(${Object.keys(queues)}::text[])
  ORDER BY "dueAt" LIMIT ${MAX_BATCH_SIZE} FOR UPDATE SKIP LOCKED
)
UPDATE "Task" task SET generation = generation + 1,
  state = CASE state WHEN 'published' THEN 'pending' ELSE state END,
  "dueAt" = clock_timestamp() + ${RETRY_DELAY_SECONDS} * interval '1 second'
FROM due WHERE task.id = due.id
RETURNING task.id, task.queue, task.generation`;
  return dueRowsSchema
    .parse(rows)
    .flatMap(({ queue, ...task }) => (isQueueName(queue) ? [{ ...task, queue, delaySeconds: 0 }] : []));
}

const expiredRowsSchema = z.array(
  z.object({
    id: z.uuid(),
    queue: z.string(),
    error: z.string().nullable(),
    ownerId: z.uuid().nullable(),
    subject: z.string().nullable(),
  }),
);

/** A running one has until its lease ends. */
async function expireTasks(): Promise<number> {
  return transaction(async (tx) => {
    const rows = await tx.$queryRaw`
WITH late AS (
  SELECT id FROM "Task"
  WHERE state IN ('pending', 'published', 'running') AND "deadlineAt" <= clock_timestamp()
    AND ("leaseUntil" IS NULL OR "leaseUntil" < clock_timestamp())
  LIMIT ${MAX_EXPIRED_PER_SWEEP} FOR UPDATE SKIP LOCKED
)
UPDATE "Task" task SET state = 'dead', "finishedAt" = clock_timestamp(), "leaseUntil" = NULL
FROM late WHERE task.id = late.id
RETURNING task.id, task.queue, task.error, task."ownerId", task.subject`;
    const expired = expiredRowsSchema.parse(rows);
    afterCommit(tx, () => expired.forEach(publishTaskChanged));
    for (const { id, queue, error } of expired) {
      const reason = error === null ? "nothing ran it" : `last: ${error}`;
      await raiseAlert(tx, {
        kind: "task_dead",
        subject: id,
        message: `a task of ${queue} was not done by its deadline; ${reason}`,
      });
    }
    return expired.length;
  });
}
