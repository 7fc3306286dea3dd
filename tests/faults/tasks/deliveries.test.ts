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
import { runs } from "@/tests/support/fuzz/runs";
import { serveApp } from "@/tests/support/processes/app-server";
import type { RouteServer } from "@/tests/support/processes/route-server";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/** Deliveries in all forms: no effect happens twice, and none without a valid signature. */

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

/** A payment whose task was not published, so that only the test's deliveries arrive. */
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

it("of 8 concurrent deliveries one runs the task, the others get 409 with Retry-After, and a later one gets 200", async () => {
  for (let round = 0; round < runs(20); round += 1) {
    const { id, taskId } = await unpublished();
    const responses = await Promise.all(Array.from({ length: 8 }, () => deliverTask(QUEUE, taskId)));
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
    for (const { status, headers } of responses) {
      expect([200, 409]).toContain(status);
      if (status === 409) expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(await deliverTask(QUEUE, taskId)).toMatchObject({ status: 200, body: { outcome: "done" } });
    expect(await paymentViolations([id])).toEqual([]);
  }
});

it("deliveries days later find the task done", async () => {
  const { id, taskId } = await unpublished();
  expect((await deliverTask(QUEUE, taskId)).status).toBe(200);
  await db()
    .$executeRaw`UPDATE "Task" SET "createdAt" = now() - interval '9 days', "deadlineAt" = now() - interval '2 days',
    "finishedAt" = now() - interval '9 days' WHERE id = ${taskId}::uuid`;
  for (let times = 0; times < 3; times++) expect((await deliverTask(QUEUE, taskId)).status).toBe(200);
  await sweepTasks();
  expect(await paymentTask(id)).toMatchObject({ state: "done", attempts: 1 });
  expect(await paymentViolations([id])).toEqual([]);
});

it("50 payments' messages, each three times and shuffled, have one effect per payment", async () => {
  const payments = await Promise.all(Array.from({ length: 50 }, () => unpublished()));
  const messages = [...payments, ...payments, ...payments].sort(() => Math.random() - 0.5);
  await Promise.all(messages.map(({ taskId }) => deliverTask(QUEUE, taskId)));
  await drainTasks(payments.map(({ id }) => id));
  expect(await paymentViolations(payments.map(({ id }) => id))).toEqual([]);
});

it("an unreadable payload makes the task dead with an alert and gets 489, and it is never retried", async () => {
  const { id, taskId } = await unpublished();
  await db().$executeRaw`UPDATE "Task" SET payload = '{"orderId": 5}' WHERE id = ${taskId}::uuid`;
  const response = await deliverTask(QUEUE, taskId);
  expect(response).toMatchObject({ status: 489, body: { outcome: "refused" } });
  expect(response.headers.get("upstash-nonretryable-error")).toBe("true");
  // The response was lost: the task is delivered again, and rejected again.
  expect((await deliverTask(QUEUE, taskId)).status).toBe(489);
  expect(await paymentTask(id)).toMatchObject({
    state: "dead",
    attempts: 1,
    error: expect.stringContaining("orderId"),
  });
  expect(await paymentViolations([id])).toEqual([]);
});

it("when a handler outlives its lease, the later attempt has the effect and the late one is rolled back", async () => {
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
  it("reject an expired or altered signature, another key and another queue's URL with 401, and write nothing", async () => {
    const { id, taskId } = await unpublished();
    const before = await paymentTask(id);
    const body = JSON.stringify({ taskIds: [taskId] });
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

  it("accept the same request twice, with one effect", async () => {
    const { id, taskId } = await unpublished();
    const body = JSON.stringify({ taskIds: [taskId] });
    const signature = await signDelivery(QUEUE, body);
    expect((await deliver(QUEUE, body, signature)).status).toBe(200);
    expect((await deliver(QUEUE, body, signature)).status).toBe(200);
    expect(await paymentViolations([id])).toEqual([]);
  });

  it("reject a message of one queue at another queue's URL and run nothing", async () => {
    const { id, taskId } = await unpublished();
    const body = JSON.stringify({ taskIds: [taskId] });
    expect((await deliver("leaderboards", body, await signDelivery("leaderboards", body))).status).toBe(489);
    expect(await effects(id)).toBe(0);
  });
});

it("a payload of the previous version is read by the current code", async () => {
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

it("a payload of a future version waits for the code that reads it", async () => {
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

it("a rolled-back transaction leaves no task and no message", async () => {
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

it("a task past its deadline is dead with an alert in any state", async () => {
  const id = await createPayment("unpublished");
  await db().$executeRaw`UPDATE "Task" SET "deadlineAt" = now() - interval '1 second' WHERE key = ${id}`;
  await makeTasksDue([id]);
  await sweepTasks();
  expect((await paymentTask(id))?.state).toBe("dead");
  expect(await paymentViolations([id])).toEqual([]);
});

it("concurrent sweeps publish no task twice in one generation", async () => {
  const ids = await Promise.all(Array.from({ length: 250 }, () => createPayment("unpublished")));
  await makeTasksDue(ids);
  const sweeps = await Promise.all(Array.from({ length: 4 }, () => sweepTasks()));
  expect(sweeps.reduce((sum, { republished }) => sum + republished, 0)).toBeGreaterThanOrEqual(ids.length);
  const generations = await db().task.findMany({ where: { key: { in: ids } }, select: { generation: true } });
  expect(new Set(generations.map(({ generation }) => generation))).toEqual(new Set([2]));
  await drainTasks(ids);
  expect(await paymentViolations(ids)).toEqual([]);
});
