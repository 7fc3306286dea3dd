import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DELETE as cancel } from "@/app/api/tasks/[id]/route";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb, transaction } from "@/lib/db";
import type { Channel } from "@/lib/schemas/channels";
import { filterReadableOrderIds } from "@/lib/shop";
import { lockOrder } from "@/lib/shop/lock-order";
import { defineTask, enqueue, filterReadableTaskIds, NonRetryableTaskError } from "@/lib/tasks";
import { replaceHandler } from "@/lib/tasks/registry";
import { call } from "@/tests/support/clients/call";
import { readChannelLog } from "@/tests/support/clients/channel-log";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createTestOrder } from "@/tests/support/factories/orders";
import { createPerson } from "@/tests/support/factories/people";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";

/** Events on the channels of orders and tasks, and who may subscribe. */

const backends = await startIsolatedBackends();
let owner: Caller;

beforeAll(async () => {
  owner = await createPerson();
});
afterAll(async () => {
  await waitForDeferredWork();
  await disconnectDb();
  await backends.stop();
});

/** Number of events on each of these channels since the previous call. */
function countEvents(...channels: Channel[]): () => Promise<number[]> {
  let before = channels.map(() => 0);
  return async () => {
    const counts: number[] = [];
    for (const channel of channels) counts.push((await readChannelLog(channel)).length);
    const since = counts.map((count, index) => count - (before[index] ?? 0));
    before = counts;
    return since;
  };
}

/** A published, undelivered task of the owner that is a step of an order. */
async function createStep(orderId: string): Promise<string> {
  const options = { key: newId(), ownerId: owner.userId, subject: `order:${orderId}` };
  const { id } = await transaction((tx) => enqueue(tx, "leaderboards", { orderId }, options));
  await waitForDeferredWork();
  await waitUntil("the task is published", async () => {
    const { state } = await db().task.findUniqueOrThrow({ where: { id }, select: { state: true } });
    return state === "published";
  });
  return id;
}

describe("a task", () => {
  it("publishes each state and progress on its owner's and its order's channels, and nothing else", async () => {
    const orderId = newId();
    const id = await createStep(orderId);
    const newEvents = countEvents(`task:${id}`, `order:${orderId}`);
    // Enqueued: the order has a new task, which no client knows yet. Published: both channels.
    expect(await newEvents()).toEqual([1, 2]);

    const stop = replaceHandler(
      "leaderboards",
      defineTask<"leaderboards">()({
        prepare: async (payload, { attempt, reportProgress }) => {
          if (attempt === 1) throw new Error("the first attempt fails");
          await reportProgress({ done: 1, total: 2 });
          return payload;
        },
        commit: async () => {},
      }),
    );
    expect((await deliverTask("leaderboards", id)).status).toBe(500);
    expect(await newEvents()).toEqual([2, 2]);
    expect((await deliverTask("leaderboards", id)).status).toBe(200);
    expect(await newEvents()).toEqual([3, 3]);
    expect((await deliverTask("leaderboards", id)).status).toBe(200);
    expect(await newEvents()).toEqual([0, 0]);
    stop();

    const { id: ownerlessId } = await transaction((tx) =>
      enqueue(tx, "leaderboards", { orderId }, { key: newId(), subject: "round:1" }),
    );
    await waitUntil(
      "the task is published",
      async () => (await db().task.findUnique({ where: { id: ownerlessId } }))?.state === "published",
    );
    expect(await countEvents(`task:${ownerlessId}`)()).toEqual([0]);
  });

  it("publishes its death or cancellation, and nothing for a transaction that failed", async () => {
    const orderId = newId();
    const id = await createStep(orderId);
    const stop = replaceHandler(
      "leaderboards",
      defineTask<"leaderboards">()({
        commit: async () => {
          throw new NonRetryableTaskError("this task can never succeed");
        },
      }),
    );
    const newEvents = countEvents(`task:${id}`, `order:${orderId}`);
    await newEvents();
    expect((await deliverTask("leaderboards", id)).status).toBe(489);
    // Running, then dead.
    expect(await newEvents()).toEqual([2, 2]);
    stop();

    const { id: later } = await transaction((tx) =>
      enqueue(
        tx,
        "notifications",
        { userId: owner.userId, kind: "general", title: "Later" },
        { key: newId(), ownerId: owner.userId, delaySeconds: 3_600 },
      ),
    );
    const newEventsLater = countEvents(`task:${later}`);
    await newEventsLater();
    expect((await call(cancel, { method: "DELETE", params: { id: later }, as: owner })).status).toBe(200);
    expect(await newEventsLater()).toEqual([1]);

    const failing = transaction(async (tx) => {
      await enqueue(tx, "leaderboards", { orderId }, { key: newId(), subject: `order:${orderId}` });
      throw new Error("rolled back");
    });
    await expect(failing).rejects.toThrow("rolled back");
    expect(await newEvents()).toEqual([0, 0]);
  });
});

it("a commit that changes an order is published once, and so is the publishing of its tasks", async () => {
  const orderId = await createTestOrder({ buyer: owner, amountMinor: 100, status: "paid" });
  await transaction(async (tx) => {
    await lockOrder(tx, orderId);
    await tx.order.update({ where: { id: orderId }, data: { status: "delivered" } });
    const options = { subject: `order:${orderId}`, delaySeconds: 86_400 };
    await enqueue(tx, "leaderboards", { orderId }, { ...options, key: newId() });
    await enqueue(tx, "leaderboards", { orderId }, { ...options, key: newId() });
  });
  expect(await readChannelLog(`order:${orderId}`)).toEqual([
    { event: "changed", data: {} },
    { event: "changed", data: {} },
  ]);
});

describe("who may subscribe", () => {
  it("to orders: the buyer, the seller once it is paid, administrators", async () => {
    const [seller, stranger, admin] = [
      await createPerson("artist"),
      await createPerson(),
      await createPerson("admin"),
    ];
    const paid = await createTestOrder({ buyer: owner, seller, amountMinor: 100 });
    const unpaid = await createTestOrder({
      buyer: owner,
      seller,
      amountMinor: 100,
      status: "pending",
      paidAt: null,
    });
    const ids = [paid, unpaid, newId()];
    expect(await filterReadableOrderIds(owner, ids)).toEqual(new Set([paid, unpaid]));
    expect(await filterReadableOrderIds(seller, ids)).toEqual(new Set([paid]));
    expect(await filterReadableOrderIds(stranger, ids)).toEqual(new Set());
    expect(await filterReadableOrderIds(admin, ids)).toEqual(new Set([paid, unpaid]));
    expect(await filterReadableOrderIds(admin, [])).toEqual(new Set());
  });

  it("to tasks: their owner and administrators", async () => {
    const [stranger, admin] = [await createPerson(), await createPerson("admin")];
    const ids = [await createStep(newId()), newId()];
    const [mine = ""] = ids;
    expect(await filterReadableTaskIds(owner, ids)).toEqual(new Set([mine]));
    expect(await filterReadableTaskIds(stranger, ids)).toEqual(new Set());
    expect(await filterReadableTaskIds(admin, ids)).toEqual(new Set([mine]));
  });
});
