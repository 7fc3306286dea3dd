import { afterAll, beforeAll, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { getLeaderboard } from "@/lib/leaderboards";
import { enqueue } from "@/lib/tasks";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { ledgerEntries, ledgerViolations } from "@/tests/support/factories/ledger-tools";
import { createTestOrder, setRefunded } from "@/tests/support/factories/orders";
import { createPeople } from "@/tests/support/factories/people";
import { serveApp } from "@/tests/support/processes/app-server";
import type { RouteServer } from "@/tests/support/processes/route-server";

let app: RouteServer;

beforeAll(async () => {
  app = await serveApp(Number(new URL(process.env.APP_URL ?? "").port));
});
afterAll(() => app.close());

/** Enqueues the tasks of a sale or a refund, and waits until QStash has delivered them and they are done. */
async function runTasks(orderId: string, action: "grant" | "reverse"): Promise<void> {
  const ids = await transaction(async (tx) => [
    await enqueue(tx, "referral-bonuses", { orderId }, { key: `${orderId}:${action}` }),
    await enqueue(tx, "leaderboards", { orderId }, { key: `${orderId}:${action}` }),
  ]);
  await waitUntil("both tasks are done", async () => {
    const done = await db().task.count({ where: { id: { in: ids.map(({ id }) => id) }, state: "done" } });
    return done === ids.length;
  });
}

it("a sale's tasks grant a bonus with its notification and a rank, and a refund's reverse both", async () => {
  const currency = "XPT";
  const [referrer, buyer, seller] = await createPeople(3);
  await db().user.update({ where: { id: buyer.userId }, data: { referredById: referrer.userId } });
  const orderId = await createTestOrder({ buyer, seller, amountMinor: 2_500, currency, status: "paid" });

  await runTasks(orderId, "grant");
  expect(await ledgerEntries(referrer)).toMatchObject([{ kind: "referral", amount: 250 }]);
  expect((await getLeaderboard("month", { currency })).items).toMatchObject([
    { userId: seller.userId, rank: 1, amountMinor: 2_500, sales: 1 },
  ]);

  await setRefunded(orderId, 2_500);
  await runTasks(orderId, "reverse");
  expect(await ledgerEntries(referrer)).toMatchObject([
    { amount: 250 },
    { kind: "referral_reversed", amount: -250 },
  ]);
  expect(await ledgerViolations(referrer)).toEqual([]);
  expect((await getLeaderboard("month", { currency })).items).toEqual([]);

  await waitUntil(
    "the referrer was notified of both",
    async () => (await db().notification.count({ where: { userId: referrer.userId } })) === 2,
  );
  const notifications = await db().notification.findMany({
    where: { userId: referrer.userId },
    select: { kind: true },
  });
  expect(notifications.map(({ kind }) => kind).sort()).toEqual(["bonus", "bonus_reversed"]);
});

it("a bonus task that was enqueued as version 1, with an action, grants the bonus", async () => {
  const [referrer, buyer, seller] = await createPeople(3);
  await db().user.update({ where: { id: buyer.userId }, data: { referredById: referrer.userId } });
  const orderId = await createTestOrder({
    buyer,
    seller,
    amountMinor: 2_500,
    currency: "XPT",
    status: "paid",
  });
  const { id } = await transaction(async (tx) => {
    const task = await enqueue(tx, "referral-bonuses", { orderId }, { key: newId() });
    await tx.task.update({
      where: { id: task.id },
      data: { version: 1, payload: { orderId, action: "grant" } },
    });
    return task;
  });
  await waitUntil(
    "the task is done",
    async () => (await db().task.count({ where: { id, state: "done" } })) === 1,
  );
  expect(await ledgerEntries(referrer)).toMatchObject([{ kind: "referral", amount: 250 }]);
});
