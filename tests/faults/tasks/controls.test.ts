import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitForDeferredWork } from "@/lib/core/defer";
import { injectFault } from "@/lib/core/failpoint";
import { db } from "@/lib/db";
import { qstash, sweepTasks } from "@/lib/tasks";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import {
  createPayment,
  createPaymentTables,
  drainTasks,
  handlePaymentTasks,
  makeTasksDue,
  type PaymentBehaviour,
  paymentTask,
  paymentViolations,
  QUEUE,
} from "@/tests/support/factories/test-payments";
import { serveApp } from "@/tests/support/processes/app-server";
import type { RouteServer } from "@/tests/support/processes/route-server";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/**
 * Disables each guarantee in turn, by a trigger that undoes it in Postgres or by not sweeping: the same scenario must
 * then fail. Otherwise the other tests would prove nothing.
 */

let app: RouteServer;
let restoreHandler = () => {};
beforeAll(async () => {
  await createPaymentTables();
  restoreHandler = handlePaymentTasks();
  app = await serveApp(Number(new URL(process.env.APP_URL ?? "").port));
});
afterAll(async () => {
  restoreHandler();
  await app.close();
});

/** Runs `play` while a trigger changes every update of this file's tasks. */
async function withSabotage<R>(change: string | null, play: () => Promise<R>): Promise<R> {
  if (change === null) return play();
  await db().$executeRawUnsafe(`
CREATE OR REPLACE FUNCTION test_sabotage() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${change} RETURN NEW; END $$`);
  await db().$executeRawUnsafe(`
CREATE TRIGGER test_sabotage BEFORE UPDATE ON "Task" FOR EACH ROW WHEN (NEW.queue = '${QUEUE}') EXECUTE FUNCTION test_sabotage()`);
  try {
    return await play();
  } finally {
    await db().$executeRawUnsafe(`DROP TRIGGER test_sabotage ON "Task"`);
  }
}

type Sweep = () => Promise<unknown>;

interface Control {
  what: string;
  /** Body of the trigger that disables it; null: no sweeper. */
  sabotage: string | null;
  /** @returns the violations at the end */
  play(sweep: Sweep): Promise<string[]>;
}

/** Time (ms) in which a healthy service finishes many times over. */
const LIMIT_MS = 4_000;

async function violationsAfterDrain(ids: string[], sweep: Sweep): Promise<string[]> {
  await drainTasks(ids, { limitMs: LIMIT_MS, sweep });
  await waitForDeferredWork();
  return paymentViolations(ids);
}

/** The response to the first delivery is lost, and the task is delivered again. */
async function deliveredTwice(sweep: Sweep): Promise<string[]> {
  const id = await createPayment("unpublished");
  const task = await paymentTask(id);
  await deliverTask(QUEUE, task?.id ?? "");
  await makeTasksDue([id]);
  await deliverTask(QUEUE, task?.id ?? "");
  return violationsAfterDrain([id], sweep);
}

/** QStash accepts the message and cannot deliver it because the app is down. It must be published again. */
async function lostByQstash(sweep: Sweep): Promise<string[]> {
  await app.close();
  const id = await createPayment();
  await waitForDeferredWork();
  // QStash has used up its own attempts.
  await expect.poll(async () => (await deadLetterOf(id)) ?? null, { timeout: 20_000 }).not.toBeNull();
  app = await serveApp(Number(new URL(process.env.APP_URL ?? "").port));
  return violationsAfterDrain([id], sweep);
}

async function deadLetterOf(id: string): Promise<string | undefined> {
  const task = await paymentTask(id);
  const { messages } = await qstash().dlq.listMessages();
  return messages.find(({ body }) => body?.includes(task?.id ?? "none"))?.dlqId;
}

/** The process dies between commit and publish. */
async function crashedBeforePublishing(sweep: Sweep): Promise<string[]> {
  return violationsAfterDrain([await createPayment("unpublished")], sweep);
}

/** The first attempt is paused before its commit, and a second one takes over and pauses at the same failpoint. */
async function overtaken(sweep: Sweep): Promise<string[]> {
  const id = await createPayment("unpublished");
  const task = await paymentTask(id);
  const pausedAttempts: (() => void)[] = [];
  const stopInjecting = injectFault(async (name) => {
    if (name === "tasks.prepared") await new Promise<void>((resolve) => pausedAttempts.push(resolve));
  });
  try {
    const first = deliverTask(QUEUE, task?.id ?? "");
    await expect.poll(() => pausedAttempts.length).toBe(1);
    await makeTasksDue([id]);
    const second = deliverTask(QUEUE, task?.id ?? "");
    await expect.poll(() => pausedAttempts.length).toBe(2);
    pausedAttempts[0]?.();
    const { status } = await first;
    pausedAttempts[1]?.();
    await second;
    // The overtaken attempt must not commit, even though the other has not finished yet.
    return [
      ...(status === 200 ? [`${id}: an attempt that was overtaken has committed`] : []),
      ...(await violationsAfterDrain([id], sweep)),
    ];
  } finally {
    stopInjecting();
  }
}

const noSweep = async () => {};

const controls: Control[] = [
  {
    what: "the completion row",
    sabotage: "IF NEW.state = 'done' THEN NEW.state := 'published'; END IF;",
    play: deliveredTwice,
  },
  { what: "the generation", sabotage: "NEW.generation := OLD.generation;", play: lostByQstash },
  { what: "the fence", sabotage: "NEW.fence := OLD.fence;", play: overtaken },
  { what: "the sweeper", sabotage: null, play: crashedBeforePublishing },
];

describe.each(controls)("$what", ({ sabotage, play }) => {
  it("with it there is no violation", async () => {
    expect(await play(sweepTasks)).toEqual([]);
  });

  it("without it there is a violation, and it is found", async () => {
    const sweep = sabotage === null ? noSweep : sweepTasks;
    expect(await withSabotage(sabotage, () => play(sweep))).not.toEqual([]);
  });
});

const behaviours: PaymentBehaviour[] = ["works", "fails-once", "refused", "outlives-lease"];

it("with all guarantees every kind of task ends without a violation", async () => {
  const ids = await Promise.all(behaviours.map((behaviour) => createPayment(behaviour)));
  expect(await violationsAfterDrain(ids, sweepTasks)).toEqual([]);
});
