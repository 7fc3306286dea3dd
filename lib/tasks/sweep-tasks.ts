import { z } from "zod";
import { now } from "../core/clock";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { afterCommit, db, transaction } from "../db";
import { isQueue, queues } from "./catalogue";
import { importDeadLetters } from "./dead-letters";
import { type Dispatch, dispatch, MOST_PER_CALL } from "./dispatch";
import { tellTask } from "./publish-changes";
import { raiseAlert } from "./raise-alert";

/** What a sweep did. */
export const sweepSchema = z.object({
  /** Tasks that QStash took (again). */
  republished: z.int(),
  /** Tasks that were past their deadline and are dead now, with an alert. */
  expired: z.int(),
  /** Dead letters of QStash that were brought home. */
  deadLetters: z.int(),
  durationMs: z.int(),
});

export type Sweep = z.infer<typeof sweepSchema>;

/** Below the time limit of a function on every plan; what is left waits for the next sweep. */
const BUDGET_MS = 40_000;
/** A task whose publishing failed is tried again after this long. */
const UNPUBLISHED_SECONDS = 30;
const MOST_EXPIRED = 100;

/**
 * Makes up for everything that did not happen by itself: publishes what is due in the outbox, what QStash
 * seems to have lost and what died under its lease; brings home dead letters; ends what is past its deadline.
 * Any number of sweeps may run at once, and one may die anywhere.
 *
 * A backend that is down fails its own part only.
 * @throws what the first part that failed threw, after all have been tried
 */
export async function sweepTasks({ budgetMs = BUDGET_MS } = {}): Promise<Sweep> {
  const startedMs = now();
  const failures: unknown[] = [];
  const attempt = async (part: () => Promise<number>) => {
    try {
      return await part();
    } catch (error) {
      failures.push(error);
      return 0;
    }
  };
  const expired = await attempt(expireTasks);
  const deadLetters = await attempt(importDeadLetters);
  const republished = await attempt(() => republishDue(startedMs + budgetMs));
  const sweep: Sweep = { republished, expired, deadLetters, durationMs: now() - startedMs };
  log().info(sweep, "tasks swept");
  if (failures.length > 0) throw failures[0];
  return sweep;
}

async function republishDue(untilMs: number): Promise<number> {
  let republished = 0;
  while (now() < untilMs) {
    const due = await claimDue();
    if (due.length === 0) break;
    await failpoint("tasks.swept");
    // The first call that fails ends the sweep: QStash is down, and the rest is due a little later.
    const taken = await dispatch(due);
    republished += taken;
    if (taken < due.length || due.length < MOST_PER_CALL) break;
  }
  return republished;
}

const dueSchema = z.array(z.object({ id: z.uuid(), queue: z.string(), generation: z.int() }));

/**
 * Claims what is due: under a new generation, so that QStash does not take it for what it has seen, and due again
 * soon, should this process die before it has published. Sweeps that run at once skip each other's rows. Queues of
 * another deployment are left to that: a hundred of their tasks would hold up all of ours.
 */
async function claimDue(): Promise<Dispatch[]> {
  const rows = await db().$queryRaw`
WITH due AS (
  SELECT id FROM "Task"
  WHERE state IN ('pending', 'published', 'running') AND "dueAt" <= clock_timestamp()
    AND queue = ANY(${Object.keys(queues)}::text[])
  ORDER BY "dueAt" LIMIT ${MOST_PER_CALL} FOR UPDATE SKIP LOCKED
)
UPDATE "Task" task SET generation = generation + 1,
  state = CASE state WHEN 'published' THEN 'pending' ELSE state END,
  "dueAt" = clock_timestamp() + ${UNPUBLISHED_SECONDS} * interval '1 second'
FROM due WHERE task.id = due.id
RETURNING task.id, task.queue, task.generation`;
  return dueSchema
    .parse(rows)
    .flatMap(({ queue, ...task }) => (isQueue(queue) ? [{ ...task, queue, delaySeconds: 0 }] : []));
}

const expiredSchema = z.array(
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
  LIMIT ${MOST_EXPIRED} FOR UPDATE SKIP LOCKED
)
UPDATE "Task" task SET state = 'dead', "finishedAt" = clock_timestamp(), "leaseUntil" = NULL
FROM late WHERE task.id = late.id
RETURNING task.id, task.queue, task.error, task."ownerId", task.subject`;
    const expired = expiredSchema.parse(rows);
    afterCommit(tx, () => expired.forEach(tellTask));
    for (const { id, queue, error } of expired) {
      const why = error === null ? "nothing ran it" : `last: ${error}`;
      await raiseAlert(tx, {
        kind: "task_dead",
        subject: id,
        message: `a task of ${queue} was not done by its deadline; ${why}`,
      });
    }
    return expired.length;
  });
}
