import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { defineTask, enqueue, sweepTasks } from "@/lib/tasks";
import { replaceHandler } from "@/lib/tasks/registry";
import { deliver, deliverTask, signDelivery } from "@/tests/support/clients/signed-delivery";
import {
  createPayment,
  createPaymentTables,
  drainTasks,
  handlePaymentTasks,
  makeTasksDue,
  paymentTask,
  paymentViolations,
  QUEUE,
} from "@/tests/support/factories/test-payments";
import { type AppServer, serveApp } from "@/tests/support/processes/app-server";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/** What deliveries may look like, however they come: nothing happens twice, and nothing without a signature. */

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

/** A payment that QStash has not been told of: only what the test delivers arrives. */
async function unpublished(): Promise<{ id: string; taskId: string }> {
  const id = await createPayment("unpublished");
  const task = await paymentTask(id);
  if (!task) throw new Error("no task");
  return { id, taskId: task.id };
}

const effects = async (id: string) => {
  const [row] = await db().$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM "TestEffect" WHERE "paymentId" = ${id}::uuid`;
  return row?.n;
};

it("8 deliveries at once: one works, the others are told to come back, and then that it is done", async () => {
  for (let round = 0; round < 20; round += 1) {
    const { id, taskId } = await unpublished();
    const answers = await Promise.all(Array.from({ length: 8 }, () => deliverTask(QUEUE, taskId)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
    for (const { status, headers } of answers) {
      expect([200, 409]).toContain(status);
      if (status === 409) expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(await deliverTask(QUEUE, taskId)).toMatchObject({ status: 200, body: { outcome: "done" } });
    expect(await paymentViolations([id])).toEqual([]);
  }
});

it("a delivery days later, of any generation, finds it done", async () => {
  const { id, taskId } = await unpublished();
  expect((await deliverTask(QUEUE, taskId)).status).toBe(200);
  await db()
    .$executeRaw`UPDATE "Task" SET "createdAt" = now() - interval '9 days', "deadlineAt" = now() - interval '2 days',
    "finishedAt" = now() - interval '9 days' WHERE id = ${taskId}::uuid`;
  for (const generation of [1, 2, 7]) expect((await deliverTask(QUEUE, taskId, generation)).status).toBe(200);
  await sweepTasks();
  expect(await paymentTask(id)).toMatchObject({ state: "done", attempts: 1 });
  expect(await paymentViolations([id])).toEqual([]);
});

it("in any order: 50 payments' messages, shuffled, each three times", async () => {
  const payments = await Promise.all(Array.from({ length: 50 }, () => unpublished()));
  const messages = [...payments, ...payments, ...payments].sort(() => Math.random() - 0.5);
  await Promise.all(messages.map(({ taskId }) => deliverTask(QUEUE, taskId)));
  await drainTasks(payments.map(({ id }) => id));
  expect(await paymentViolations(payments.map(({ id }) => id))).toEqual([]);
});

it("a payload that no code can read: dead with an alert, 489, and never tried again", async () => {
  const { id, taskId } = await unpublished();
  await db().$executeRaw`UPDATE "Task" SET payload = '{"orderId": 5}' WHERE id = ${taskId}::uuid`;
  const answer = await deliverTask(QUEUE, taskId);
  expect(answer).toMatchObject({ status: 489, body: { outcome: "refused" } });
  expect(answer.headers.get("upstash-nonretryable-error")).toBe("true");
  // The answer was lost: it comes again, and is refused again.
  expect((await deliverTask(QUEUE, taskId)).status).toBe(489);
  expect(await paymentTask(id)).toMatchObject({
    state: "dead",
    attempts: 1,
    error: expect.stringContaining("orderId"),
  });
  expect(await paymentViolations([id])).toEqual([]);
});

it("a handler that outlives its lease: whoever took over has the effect, the late one is rolled back", async () => {
  const id = await createPayment("outlives-lease");
  await drainTasks([id]);
  const task = await paymentTask(id);
  expect(task?.fence).toBeGreaterThan(1);
  const [effect] = await db().$queryRaw<{ attempt: number }[]>`
    SELECT attempt FROM "TestEffect" WHERE "paymentId" = ${id}::uuid`;
  expect(effect?.attempt).toBeGreaterThan(1);
  expect(await paymentViolations([id])).toEqual([]);
});

describe("signatures", () => {
  it("expired, altered, of another key, or for another queue's address: 401 and nothing written", async () => {
    const { id, taskId } = await unpublished();
    const before = await paymentTask(id);
    const body = JSON.stringify({ queue: QUEUE, taskId, generation: 1 });
    const signatures = [
      undefined,
      "not.a.token",
      await signDelivery(QUEUE, body, { expires: "-1m" }),
      await signDelivery(QUEUE, `${body} `),
      await signDelivery(QUEUE, body, { key: "sig_somebody_else" }),
      await signDelivery(QUEUE, body, { signedFor: "payments" }),
    ];
    for (const signature of signatures) expect((await deliver(QUEUE, body, signature)).status).toBe(401);
    expect(await paymentTask(id)).toEqual(before);
    expect(await effects(id)).toBe(0);
  });

  it("replayed: the same request twice has one effect", async () => {
    const { id, taskId } = await unpublished();
    const body = JSON.stringify({ queue: QUEUE, taskId, generation: 1 });
    const signature = await signDelivery(QUEUE, body);
    expect((await deliver(QUEUE, body, signature)).status).toBe(200);
    expect((await deliver(QUEUE, body, signature)).status).toBe(200);
    expect(await paymentViolations([id])).toEqual([]);
  });

  it("a message of one queue is refused by another, and runs nothing there", async () => {
    const { id, taskId } = await unpublished();
    const body = JSON.stringify({ queue: QUEUE, taskId, generation: 1 });
    const elsewhere = JSON.stringify({ queue: "leaderboards", taskId, generation: 1 });
    expect((await deliver("leaderboards", body, await signDelivery("leaderboards", body))).status).toBe(489);
    expect(
      (await deliver("leaderboards", elsewhere, await signDelivery("leaderboards", elsewhere))).status,
    ).toBe(489);
    expect(await effects(id)).toBe(0);
  });
});

it("a payload of the version before is read by today's code", async () => {
  const seen: unknown[] = [];
  const restore = replaceHandler(
    "notifications",
    defineTask<"notifications">()({
      commit: async (_, payload) => {
        seen.push(payload);
      },
    }),
  );
  try {
    const userId = newId();
    const key = newId();
    const { id: taskId } = await db().$transaction((tx) =>
      enqueue(tx, "notifications", { userId, kind: "general", title: "A", message: "B" }, { key }),
    );
    const old = JSON.stringify({ userId, title: "A", message: "B" });
    await db().$executeRaw`UPDATE "Task" SET version = 1, payload = ${old}::jsonb WHERE id = ${taskId}::uuid`;
    expect((await deliverTask("notifications", taskId)).status).toBe(200);
    expect(seen).toEqual([{ userId, kind: "general", title: "A", message: "B" }]);
  } finally {
    restore();
  }
});

it("a payload of a version to come waits for the code that reads it", async () => {
  const { id, taskId } = await unpublished();
  await db().$executeRaw`UPDATE "Task" SET version = 99 WHERE id = ${taskId}::uuid`;
  expect((await deliverTask(QUEUE, taskId)).status).toBe(500);
  expect(await paymentTask(id)).toMatchObject({
    state: "published",
    error: expect.stringContaining("version 99"),
  });
  await db().$executeRaw`UPDATE "Task" SET version = 1 WHERE id = ${taskId}::uuid`;
  expect((await deliverTask(QUEUE, taskId)).status).toBe(200);
  expect(await paymentViolations([id])).toEqual([]);
});

it("what was rolled back leaves no task and no message", async () => {
  const id = newId();
  await expect(
    transaction(async (tx) => {
      await enqueue(tx, QUEUE, { orderId: id }, { key: id });
      throw new Error("the buyer changed their mind");
    }),
  ).rejects.toThrow("changed their mind");
  expect(await paymentTask(id)).toBeNull();
  expect(await effects(id)).toBe(0);
});

it("past its deadline a task is dead with an alert, whatever it waits for", async () => {
  const id = await createPayment("unpublished");
  await db().$executeRaw`UPDATE "Task" SET "deadlineAt" = now() - interval '1 second' WHERE key = ${id}`;
  await makeTasksDue([id]);
  await sweepTasks();
  expect((await paymentTask(id))?.state).toBe("dead");
  expect(await paymentViolations([id])).toEqual([]);
});

it("sweeps at once share the work: nothing is published twice under one generation", async () => {
  const ids = await Promise.all(Array.from({ length: 250 }, () => createPayment("unpublished")));
  await makeTasksDue(ids);
  const sweeps = await Promise.all(Array.from({ length: 4 }, () => sweepTasks()));
  expect(sweeps.reduce((sum, { republished }) => sum + republished, 0)).toBeGreaterThanOrEqual(ids.length);
  const generations = await db().task.findMany({ where: { key: { in: ids } }, select: { generation: true } });
  expect(new Set(generations.map(({ generation }) => generation))).toEqual(new Set([2]));
  await drainTasks(ids);
  expect(await paymentViolations(ids)).toEqual([]);
});
