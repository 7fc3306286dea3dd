import { setTimeout as delay } from "node:timers/promises";
import { newId } from "@/lib/core/ids";
import { db, type Transaction, transaction } from "@/lib/db";
import { defineTask, enqueue, NonRetryableTaskError, sweepTasks } from "@/lib/tasks";
import { replaceHandler } from "@/lib/tasks/registry";

/**
 * A minimal shop: a payment enqueues one task, which must have one effect. The table of effects has no unique
 * constraint, so that a repeated effect shows as a second row.
 */

export const QUEUE = "deliver-goods";

/**
 * How a payment's task behaves: succeeds; fails the first time; always fails; takes longer than its lease; or is not
 * published after its commit.
 */
export type PaymentBehaviour = "works" | "fails-once" | "refused" | "outlives-lease" | "unpublished";

/** Creates the tables if they do not exist. */
export async function createPaymentTables(): Promise<void> {
  await db()
    .$executeRaw`CREATE TABLE IF NOT EXISTS "TestPayment" (id uuid PRIMARY KEY, behaviour text NOT NULL)`;
  await db()
    .$executeRaw`CREATE TABLE IF NOT EXISTS "TestEffect" ("paymentId" uuid NOT NULL, attempt int NOT NULL)`;
}

/** Handles the payments' tasks in this process. @returns a function that restores the handler */
export function handlePaymentTasks(): () => void {
  const failed = new Set<string>();
  return replaceHandler(
    QUEUE,
    defineTask<typeof QUEUE>()({
      prepare: async ({ orderId }, { attempt }) => {
        const [payment] = await db().$queryRaw<{ behaviour: PaymentBehaviour }[]>`
          SELECT behaviour FROM "TestPayment" WHERE id = ${orderId}::uuid`;
        if (payment?.behaviour === "refused") throw new NonRetryableTaskError("this task can never succeed");
        if (payment?.behaviour === "fails-once" && attempt === 1 && !failed.has(orderId)) {
          failed.add(orderId);
          throw new Error("the first attempt fails");
        }
        if (payment?.behaviour === "outlives-lease" && attempt === 1) await waitForTakeover(orderId);
        return { orderId, attempt };
      },
      commit: async (tx, { orderId, attempt }) => {
        await tx.$executeRaw`INSERT INTO "TestEffect" VALUES (${orderId}::uuid, ${attempt})`;
      },
    }),
  );
}

/** Many concurrent transactions wait for a connection and the CPU. */
const SLOW_MACHINE_OPTIONS = { maxWait: 60_000, timeout: 60_000 };

/** Writes a payment and its task in one transaction. @returns the payment's id */
export async function createPayment(behaviour: PaymentBehaviour = "works", id = newId()): Promise<string> {
  const write = async (tx: Transaction) => {
    await tx.$executeRaw`INSERT INTO "TestPayment" VALUES (${id}::uuid, ${behaviour}) ON CONFLICT DO NOTHING`;
    await enqueue(tx, QUEUE, { orderId: id }, { key: id });
  };
  // A transaction that lib/db did not open publishes nothing after its commit.
  if (behaviour === "unpublished") await db().$transaction(write, SLOW_MACHINE_OPTIONS);
  else await transaction(write);
  return id;
}

export async function paymentTask(paymentId: string) {
  return db().task.findUnique({ where: { queue_key: { queue: QUEUE, key: paymentId } } });
}

const UNFINISHED = ["pending", "published", "running"] as const;
const TAKEOVER_TIMEOUT_MS = 5_000;

/** Waits until another attempt has taken or finished the task. */
async function waitForTakeover(paymentId: string): Promise<void> {
  const before = (await paymentTask(paymentId))?.fence;
  await makeTasksDue([paymentId]);
  const deadline = Date.now() + TAKEOVER_TIMEOUT_MS;
  while ((await paymentTask(paymentId))?.fence === before && Date.now() < deadline) await delay(5);
}

/** Ends the leases of these payments' tasks and makes them due. */
export async function makeTasksDue(paymentIds: readonly string[]): Promise<void> {
  await db().$executeRaw`
UPDATE "Task" SET "leaseUntil" = least("leaseUntil", now() - interval '1 second'), "dueAt" = least("dueAt", now() - interval '1 second'),
  "notBefore" = least("notBefore", now() - interval '1 second')
WHERE queue = ${QUEUE} AND key = ANY(${[...paymentIds]}::text[]) AND state IN ('pending', 'published', 'running')`;
}

const DRAIN_TIMEOUT_MS = 30_000;
/** Long enough for a round's messages to be delivered before the next. */
const ROUND_DELAY_MS = 40;

interface DrainOptions {
  /** Replaces the sweeper, for tests of what happens without it. */
  sweep?: () => Promise<unknown>;
  limitMs?: number;
}

/** Makes these payments' tasks due and sweeps until all are finished, or the time limit is reached. */
export async function drainTasks(
  paymentIds: readonly string[],
  { sweep = sweepTasks, limitMs = DRAIN_TIMEOUT_MS }: DrainOptions = {},
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    const unfinished = await db().task.count({
      where: { queue: QUEUE, key: { in: [...paymentIds] }, state: { in: [...UNFINISHED] } },
    });
    if (unfinished === 0) return;
    await makeTasksDue(paymentIds);
    // A sweep may fail: some tests take a backend down.
    await sweep().catch(() => {});
    await delay(ROUND_DELAY_MS);
  }
}

/**
 * The violations of the invariants after everything has finished: paid ⇔ exactly one task; every task done, or dead
 * with an alert; done ⇔ exactly one effect; no other effect.
 */
export async function paymentViolations(paymentIds: readonly string[]): Promise<string[]> {
  const rows = await db().$queryRaw<
    { id: string; paid: boolean; tasks: number; state: string | null; effects: number; alerts: number }[]
  >`
SELECT wanted.id::text,
  EXISTS (SELECT 1 FROM "TestPayment" WHERE id = wanted.id) AS paid,
  (SELECT count(*)::int FROM "Task" WHERE queue = ${QUEUE} AND key = wanted.id::text) AS tasks,
  (SELECT max(state::text) FROM "Task" WHERE queue = ${QUEUE} AND key = wanted.id::text) AS state,
  (SELECT count(*)::int FROM "TestEffect" WHERE "paymentId" = wanted.id) AS effects,
  (SELECT count(*)::int FROM "Alert" alert JOIN "Task" task ON alert.subject = task.id::text
    WHERE task.queue = ${QUEUE} AND task.key = wanted.id::text AND alert."closedAt" IS NULL) AS alerts
FROM unnest(${[...paymentIds]}::uuid[]) AS wanted(id)`;
  return rows.flatMap(({ id, paid, tasks, state, effects, alerts }) => {
    const found: string[] = [];
    if (tasks !== (paid ? 1 : 0)) found.push(`${id}: ${paid ? "paid" : "not paid"}, ${tasks} tasks`);
    if (paid && state !== "done" && state !== "dead") found.push(`${id}: its task is ${state}`);
    if (effects !== (state === "done" ? 1 : 0)) found.push(`${id}: ${state}, ${effects} effects`);
    if (alerts !== (state === "dead" ? 1 : 0)) found.push(`${id}: ${state}, ${alerts} alerts`);
    return found;
  });
}
