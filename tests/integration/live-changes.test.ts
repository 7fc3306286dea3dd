import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { POST as view } from "@/app/api/posts/view/route";
import { DELETE as cancel } from "@/app/api/tasks/[id]/route";
import type { Caller } from "@/lib/core/access-token";
import { deferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb, transaction } from "@/lib/db";
import * as realtime from "@/lib/realtime";
import { mayFollowOrders } from "@/lib/shop";
import { lockOrder } from "@/lib/shop/order-row";
import { defineTask, enqueue, mayFollowTasks, TaskRefusedError } from "@/lib/tasks";
import { replaceHandler } from "@/lib/tasks/registry";
import { recordViews } from "@/lib/views";
import { call } from "../support/api";
import { createOrder } from "../support/orders";
import { startOwnBackends } from "../support/own-backends";
import { createPeople, createPerson, createTestPost } from "../support/people";
import { deliverTask } from "../support/signed-delivery";
import { until } from "../support/until";

/** What is said on the channels of orders, tasks and view counts, and who may listen. */

// What is said, before it is sent: that it gets there is the channels' own matter.
vi.mock("@/lib/realtime", async (original) => ({ ...(await original<typeof realtime>()), emit: vi.fn() }));
const emit = vi.mocked(realtime.emit as (channel: string, event: string, data: unknown) => void);

const backends = await startOwnBackends();
let owner: Caller;

beforeAll(async () => {
  owner = await createPerson();
});
beforeEach(async () => {
  await deferredWork();
  emit.mockClear();
});
afterAll(async () => {
  await deferredWork();
  await disconnectDb();
  await backends.stop();
});

/** What was said on some channels, once all that was left for later is done. */
async function said(...channels: string[]): Promise<string[]> {
  await deferredWork();
  return emit.mock.calls.map(([channel]) => channel).filter((channel) => channels.includes(channel));
}

/** A task of the owner's that is a step of an order; published, not delivered. */
async function createStep(orderId: string): Promise<string> {
  const options = { key: newId(), ownerId: owner.userId, subject: `order:${orderId}` };
  const { id } = await transaction((tx) => enqueue(tx, "leaderboards", { orderId }, options));
  await deferredWork();
  await until("it is published", async () => {
    const { state } = await db().task.findUniqueOrThrow({ where: { id }, select: { state: true } });
    return state === "published";
  });
  return id;
}

describe("a task", () => {
  it("says on its owner's channel and on its order's each state and each progress, and what else nobody hears", async () => {
    const orderId = newId();
    const [task, order] = [`task:${await createStep(orderId)}`, `order:${orderId}`];
    const id = task.slice(5);
    // Enqueued: the order has another step, of which nobody knows yet. Published: both.
    expect(await said(task, order)).toEqual([order, task, order]);

    const stop = replaceHandler(
      "leaderboards",
      defineTask<"leaderboards">()({
        prepare: async (payload, { attempt, progress }) => {
          if (attempt === 1) throw new Error("not this time");
          await progress({ done: 1, total: 2 });
          return payload;
        },
        commit: async () => {},
      }),
    );
    emit.mockClear();
    expect((await deliverTask("leaderboards", id)).status).toBe(500);
    expect(await said(task)).toHaveLength(2);
    emit.mockClear();
    expect((await deliverTask("leaderboards", id)).status).toBe(200);
    expect(await said(task)).toHaveLength(3);
    expect(await said(order)).toHaveLength(3);
    emit.mockClear();
    expect((await deliverTask("leaderboards", id)).status).toBe(200);
    expect(await said(task, order)).toEqual([]);
    stop();

    const { id: nobodys } = await transaction((tx) =>
      enqueue(tx, "leaderboards", { orderId }, { key: newId(), subject: "round:1" }),
    );
    await until(
      "it is published",
      async () => (await db().task.findUnique({ where: { id: nobodys } }))?.state === "published",
    );
    expect(await said(`task:${nobodys}`, "round:1")).toEqual([]);
  });

  it("that dies or is called off says so, and one whose transaction failed does not", async () => {
    const orderId = newId();
    const id = await createStep(orderId);
    const stop = replaceHandler(
      "leaderboards",
      defineTask<"leaderboards">()({
        commit: async () => {
          throw new TaskRefusedError("nobody can ever do this");
        },
      }),
    );
    emit.mockClear();
    expect((await deliverTask("leaderboards", id)).status).toBe(489);
    // Running, then dead.
    expect(await said(`task:${id}`)).toHaveLength(2);
    stop();

    const { id: later } = await transaction((tx) =>
      enqueue(
        tx,
        "notifications",
        { userId: owner.userId, kind: "general", title: "Later" },
        { key: newId(), ownerId: owner.userId, delaySeconds: 3_600 },
      ),
    );
    await deferredWork();
    emit.mockClear();
    expect((await call(cancel, { method: "DELETE", params: { id: later }, as: owner })).status).toBe(200);
    expect(await said(`task:${later}`)).toHaveLength(1);

    emit.mockClear();
    const failing = transaction(async (tx) => {
      await enqueue(tx, "leaderboards", { orderId }, { key: newId(), subject: `order:${orderId}` });
      throw new Error("rolled back");
    });
    await expect(failing).rejects.toThrow("rolled back");
    expect(await said(`order:${orderId}`)).toEqual([]);
  });
});

it("a commit that changes an order says so once, however much of it changed", async () => {
  const orderId = await createOrder({ buyer: owner, amountMinor: 100, status: "paid" });
  await transaction(async (tx) => {
    await lockOrder(tx, orderId);
    await tx.order.update({ where: { id: orderId }, data: { status: "delivered" } });
    const options = { subject: `order:${orderId}`, delaySeconds: 86_400 };
    await enqueue(tx, "leaderboards", { orderId }, { ...options, key: newId() });
    await enqueue(tx, "leaderboards", { orderId }, { ...options, key: newId() });
  });
  await Promise.resolve();
  expect(emit.mock.calls).toEqual([[`order:${orderId}`, "changed", {}]]);
});

describe("who may follow", () => {
  it("orders: the buyer, the seller once it is paid, administrators", async () => {
    const [seller, stranger, admin] = [
      await createPerson("artist"),
      await createPerson(),
      await createPerson("admin"),
    ];
    const paid = await createOrder({ buyer: owner, seller, amountMinor: 100 });
    const unpaid = await createOrder({
      buyer: owner,
      seller,
      amountMinor: 100,
      status: "pending",
      paidAt: null,
    });
    const ids = [paid, unpaid, newId()];
    expect(await mayFollowOrders(owner, ids)).toEqual(new Set([paid, unpaid]));
    expect(await mayFollowOrders(seller, ids)).toEqual(new Set([paid]));
    expect(await mayFollowOrders(stranger, ids)).toEqual(new Set());
    expect(await mayFollowOrders(admin, ids)).toEqual(new Set([paid, unpaid]));
    expect(await mayFollowOrders(admin, [])).toEqual(new Set());
  });

  it("tasks: their owner and administrators", async () => {
    const [stranger, admin] = [await createPerson(), await createPerson("admin")];
    const ids = [await createStep(newId()), newId()];
    const [mine = ""] = ids;
    expect(await mayFollowTasks(owner, ids)).toEqual(new Set([mine]));
    expect(await mayFollowTasks(stranger, ids)).toEqual(new Set());
    expect(await mayFollowTasks(admin, ids)).toEqual(new Set([mine]));
  });
});

describe("view counts", () => {
  type Counts = { counts: { postId: string; viewsCount: number }[] };
  const counts = () =>
    emit.mock.calls.filter(([channel]) => channel === "views").map(([, , data]) => (data as Counts).counts);

  it("that move are said together, at most once a second, and what moves nothing is not", async () => {
    const author = await createPerson("artist");
    const posts = [await createTestPost(author), await createTestPost(author)];
    const viewers = await createPeople(6);
    // What an earlier test has said must not hold this up.
    await delay(1_000);
    emit.mockClear();
    const at = Date.now();
    await Promise.all(viewers.slice(0, 3).map(({ seq }) => recordViews(seq, posts)));
    await until("they are said", () => counts().length === 1);
    expect(counts()[0]?.sort((a, b) => a.postId.localeCompare(b.postId))).toEqual(
      [...posts].sort().map((postId) => ({ postId, viewsCount: 3 })),
    );
    for (const { seq } of viewers.slice(3)) await recordViews(seq, posts.slice(0, 1));
    await until("they are said again", () => counts().length === 2);
    expect(Date.now() - at).toBeGreaterThanOrEqual(1_000);
    expect(counts()[1]).toEqual([{ postId: posts[0], viewsCount: 6 }]);

    await recordViews(author.seq, posts);
    for (const { seq } of viewers.slice(0, 3)) await recordViews(seq, posts);
    await call(view, { as: await createPerson(), body: { postId: newId() } });
    await deferredWork();
    expect(counts()).toHaveLength(2);
  });
});
