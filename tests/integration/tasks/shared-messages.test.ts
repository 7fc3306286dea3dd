import { afterEach, describe, expect, it } from "vitest";
import { DELETE as cancel } from "@/app/api/tasks/[id]/route";
import { newId } from "@/lib/core/ids";
import { db, type Transaction, transaction } from "@/lib/db";
import { enqueueOrderCheck } from "@/lib/shop/order-checks";
import { recordPayment } from "@/lib/shop/record-payment";
import {
  backgroundTaskService,
  defineTask,
  enqueue,
  NonRetryableTaskError,
  qstash,
  sweepTasks,
} from "@/lib/tasks";
import { replaceHandler } from "@/lib/tasks/registry";
import { call } from "@/tests/support/clients/call";
import { deliver, deliverTask, signDelivery } from "@/tests/support/clients/signed-delivery";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createTestOrder } from "@/tests/support/factories/orders";
import { createPeople, createPerson } from "@/tests/support/factories/people";

/** Messages that carry several tasks of a lane. No app answers QStash here: the tests deliver themselves. */

const restores: (() => void)[] = [];
afterEach(() => {
  for (const restore of restores.splice(0)) restore();
});

type Handler = Parameters<ReturnType<typeof defineTask<"notifications">>>[0];

function handleNotifications(handler: Partial<Handler>): void {
  restores.push(
    replaceHandler("notifications", defineTask<"notifications">()({ commit: async () => {}, ...handler })),
  );
}

/** Tasks that were not published. */
function unpublished(count: number): Promise<string[]> {
  return db().$transaction(async (tx) => {
    const ids: string[] = [];
    while (ids.length < count) {
      const payload = { userId: newId(), kind: "general" } as const;
      ids.push((await enqueue(tx, "notifications", payload, { key: newId() })).id);
    }
    return ids;
  });
}

const states = async (ids: readonly string[]) => {
  const rows = await db().task.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, state: true },
  });
  return ids.map((id) => rows.find((row) => row.id === id)?.state);
};

describe("a message with several tasks", () => {
  it("runs each once, in its order", async () => {
    const order: string[] = [];
    handleNotifications({
      commit: async (_tx, _payload, { taskId }) => {
        order.push(taskId);
      },
    });
    const ids = await unpublished(3);
    expect(await deliverTask("notifications", ...ids)).toMatchObject({
      status: 200,
      body: { outcome: "done" },
    });
    expect((await deliverTask("notifications", ...ids)).status).toBe(200);
    expect(order).toEqual(ids);
  });

  it("runs the others when one fails, and that one alone when it is delivered again", async () => {
    const [first = "", failing = "", last = ""] = await unpublished(3);
    const committed: string[] = [];
    let isBroken = true;
    handleNotifications({
      commit: async (_tx, _payload, { taskId }) => {
        if (isBroken && taskId === failing) throw new Error("not now");
        committed.push(taskId);
      },
    });
    expect((await deliverTask("notifications", first, failing, last)).status).toBe(500);
    expect(await states([first, failing, last])).toEqual(["done", "published", "done"]);
    isBroken = false;
    expect((await deliverTask("notifications", first, failing, last)).status).toBe(200);
    expect(committed).toEqual([first, last, failing]);
  });

  it("is a dead letter only when all are refused; one that is refused is dead, with its alert", async () => {
    const [refused = "", good = ""] = await unpublished(2);
    handleNotifications({
      prepare: async (payload, { taskId }) => {
        if (taskId === refused) throw new NonRetryableTaskError("never");
        return payload;
      },
    });
    expect((await deliverTask("notifications", refused, good)).status).toBe(200);
    expect(await states([refused, good])).toEqual(["dead", "done"]);
    expect(await db().alert.count({ where: { subject: refused, closedAt: null } })).toBe(1);
    expect((await deliverTask("notifications", refused, newId())).status).toBe(489);
  });

  it("is delivered again while another delivery has one of its tasks", async () => {
    const [leased = "", good = ""] = await unpublished(2);
    await db().$executeRaw`UPDATE "Task" SET state = 'running', fence = 1,
      "leaseUntil" = clock_timestamp() + interval '20 seconds' WHERE id = ${leased}::uuid`;
    handleNotifications({});
    const busy = await deliverTask("notifications", leased, good);
    expect(busy.status).toBe(409);
    expect(Number(busy.headers.get("retry-after"))).toBeGreaterThan(10);
    expect(await states([leased, good])).toEqual(["running", "done"]);
  });

  it("runs nothing of another lane", async () => {
    handleNotifications({});
    const [own = ""] = await unpublished(1);
    expect((await deliverTask("leaderboards", own)).status).toBe(489);
    expect(await states([own])).toEqual(["pending"]);
  });

  it.each([[[]], [Array.from({ length: 101 }, newId)], [["nonsense"]], [null]])(
    "is refused with a list of tasks that is none",
    async (taskIds) => {
      const body = JSON.stringify({ taskIds });
      expect((await deliver("notifications", body, await signDelivery("notifications", body))).status).toBe(
        489,
      );
    },
  );

  it("of the former format, with one task, is run", async () => {
    handleNotifications({});
    const [id = ""] = await unpublished(1);
    const body = JSON.stringify({ queue: "notifications", taskId: id, generation: 1 });
    expect((await deliver("notifications", body, await signDelivery("notifications", body))).status).toBe(
      200,
    );
    expect(await states([id])).toEqual(["done"]);
  });
});

describe("a purchase", () => {
  async function pendingOrder(): Promise<string> {
    const [buyer, seller] = await createPeople(2);
    const orderId = await createTestOrder({
      buyer,
      seller,
      amountMinor: 500,
      status: "pending",
      paidAt: null,
    });
    await transaction((tx) => enqueueOrderCheck(tx, { id: orderId, createdAt: new Date() }, 0));
    return orderId;
  }
  const checkOf = (orderId: string) =>
    db().task.findFirstOrThrow({ where: { queue: "payments", key: `check:${orderId}:0` } });

  it("sends two messages after the payment, and none for the check that it made needless", async () => {
    const orderId = await pendingOrder();
    const payment = { orderId, paymentIntentId: newId(), sessionId: null, amountMinor: 500, currency: "RUB" };
    await transaction((tx) => recordPayment(tx, payment));
    const followUps = () => db().task.findMany({ where: { subject: `order:${orderId}` } });
    await waitUntil("all are published", async () =>
      (await followUps()).every(({ messageId }) => messageId !== null),
    );
    const tasks = await followUps();
    expect(tasks).toHaveLength(4);
    expect(new Set(tasks.map(({ messageId }) => messageId)).size).toBe(2);
    expect(await checkOf(orderId)).toMatchObject({ state: "cancelled", messageId: null });
  });

  it("that is not paid has its check published by the sweep that finds it due", async () => {
    const orderId = await pendingOrder();
    const { id, dueAt, notBefore } = await checkOf(orderId);
    expect(dueAt).toEqual(notBefore);
    expect(notBefore.getTime()).toBeGreaterThan(Date.now() + 60_000);
    await sweepTasks();
    expect(await checkOf(orderId)).toMatchObject({ state: "pending", messageId: null });
    await db().$executeRaw`UPDATE "Task" SET "dueAt" = now(), "notBefore" = now() WHERE id = ${id}::uuid`;
    await sweepTasks();
    expect((await checkOf(orderId)).messageId).not.toBeNull();
  });
});

it("a task is cancelled without the message that it shares", async () => {
  const owner = await createPerson();
  const send = (tx: Transaction) =>
    backgroundTaskService.sendNotification(owner.userId, "Hello", "World", { tx, ownerId: owner.userId });
  const ids = await transaction(async (tx) => [await send(tx), await send(tx)]);
  const rows = () => db().task.findMany({ where: { id: { in: ids } } });
  await waitUntil("both are published", async () =>
    (await rows()).every(({ messageId }) => messageId !== null),
  );
  const messageIds = (await rows()).map(({ messageId }) => messageId ?? "");
  expect(new Set(messageIds).size).toBe(1);
  const cancelled = await call(cancel, { params: { id: ids[0] ?? "" }, as: owner, method: "DELETE" });
  expect(cancelled.status).toBe(200);
  expect(await states(ids)).toEqual(["cancelled", "published"]);
  // QStash has it and tries again, since no app answers here.
  expect((await qstash().messages.get(messageIds[0] ?? "")).messageId).toBe(messageIds[0]);
});
