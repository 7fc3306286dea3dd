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
import { type AppServer, serveApp } from "@/tests/support/processes/app-server";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/**
 * Each guarantee is taken away in turn, by a trigger that undoes it in Postgres, or by nobody sweeping: the same
 * play must then end badly. A suite that stayed green here would prove nothing.
 */

let app: AppServer;
let endWorld = () => {};
beforeAll(async () => {
  await createPaymentTables();
  endWorld = handlePaymentTasks();
  app = await serveApp(Number(new URL(process.env.APP_URL ?? "").port));
});
afterAll(async () => {
  endWorld();
  await app.close();
});

/** What is done to every change of this file's tasks while the play goes on. */
async function sabotaged<R>(change: string | null, play: () => Promise<R>): Promise<R> {
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
  /** Body of the trigger that takes it away; null: nobody sweeps. */
  sabotage: string | null;
  /** @returns what is wrong in the end */
  play(sweep: Sweep): Promise<string[]>;
}

/** Long enough for a healthy service to settle many times over. */
const LIMIT_MS = 4_000;

async function settled(ids: string[], sweep: Sweep): Promise<string[]> {
  await drainTasks(ids, { limitMs: LIMIT_MS, sweep });
  await waitForDeferredWork();
  return paymentViolations(ids);
}

/** The answer of the first delivery is lost: it comes again. */
async function deliveredTwice(sweep: Sweep): Promise<string[]> {
  const id = await createPayment("unpublished");
  const task = await paymentTask(id);
  await deliverTask(QUEUE, task?.id ?? "");
  await makeTasksDue([id]);
  await deliverTask(QUEUE, task?.id ?? "");
  return settled([id], sweep);
}

/** QStash takes the message and it never arrives: the app is not there. It must be sent anew. */
async function lostByQstash(sweep: Sweep): Promise<string[]> {
  await app.close();
  const id = await createPayment();
  await waitForDeferredWork();
  // All of QStash's own attempts are over.
  await expect.poll(async () => (await deadLetterOf(id)) ?? null, { timeout: 20_000 }).not.toBeNull();
  app = await serveApp(Number(new URL(process.env.APP_URL ?? "").port));
  return settled([id], sweep);
}

async function deadLetterOf(id: string): Promise<string | undefined> {
  const task = await paymentTask(id);
  const { messages } = await qstash().dlq.listMessages();
  return messages.find(({ body }) => body?.includes(task?.id ?? "none"))?.dlqId;
}

/** The process dies between the commit and the publishing. */
async function crashedBeforePublishing(sweep: Sweep): Promise<string[]> {
  return settled([await createPayment("unpublished")], sweep);
}

/** The first attempt is held up before it commits, and a second one has taken over and is at the same place. */
async function overtaken(sweep: Sweep): Promise<string[]> {
  const id = await createPayment("unpublished");
  const task = await paymentTask(id);
  const waiting: (() => void)[] = [];
  const end = injectFault(async (name) => {
    if (name === "tasks.prepared") await new Promise<void>((resolve) => waiting.push(resolve));
  });
  try {
    const first = deliverTask(QUEUE, task?.id ?? "");
    await expect.poll(() => waiting.length).toBe(1);
    await makeTasksDue([id]);
    const second = deliverTask(QUEUE, task?.id ?? "");
    await expect.poll(() => waiting.length).toBe(2);
    waiting[0]?.();
    const { status } = await first;
    waiting[1]?.();
    await second;
    // Whoever was overtaken may not commit, though nobody else has finished yet.
    return [
      ...(status === 200 ? [`${id}: an attempt that was overtaken has committed`] : []),
      ...(await settled([id], sweep)),
    ];
  } finally {
    end();
  }
}

const nobodySweeps = async () => {};

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
  it("with it all is right", async () => {
    expect(await play(sweepTasks)).toEqual([]);
  });

  it("without it something goes wrong, and is found", async () => {
    const sweep = sabotage === null ? nobodySweeps : sweepTasks;
    expect(await sabotaged(sabotage, () => play(sweep))).not.toEqual([]);
  });
});

const behaviours: PaymentBehaviour[] = ["works", "fails-once", "refused", "outlives-lease"];

it("with all of them every kind of task ends as it should", async () => {
  const ids = await Promise.all(behaviours.map((behaviour) => createPayment(behaviour)));
  expect(await settled(ids, sweepTasks)).toEqual([]);
});
