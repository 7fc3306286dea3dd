import { afterAll, beforeAll, expect, it } from "vitest";
import { GET as readStory } from "@/app/api/admin/tasks/[id]/route";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import type { TaskStory } from "@/lib/ops";
import { defineTask, NonRetryableTaskError } from "@/lib/tasks";
import { replaceHandler } from "@/lib/tasks/registry";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";
import {
  createReferredBuyer,
  createTestProduct,
  finishTasks,
  paidEvent,
  placeTestOrder,
  sendPaymentEvent,
} from "@/tests/support/factories/shop";
import { holdDeliveries, stopShopServer } from "@/tests/support/factories/shop-server";

let admin: Caller;
beforeAll(async () => {
  await holdDeliveries();
  admin = await createPerson("admin");
});
afterAll(stopShopServer);

async function storyOf(queue: string, key: string): Promise<TaskStory> {
  const { id } = await db().task.findUniqueOrThrow({ where: { queue_key: { queue, key } } });
  const { status, body } = await call(readStory, { as: admin, params: { id } });
  expect(status).toBe(200);
  return body;
}

/** A paid order, and the id of the request that placed it. */
async function buy() {
  const product = await createTestProduct({ stock: 5 });
  const { buyer } = await createReferredBuyer();
  const placed = await placeTestOrder(buyer, { productId: product.id, quantity: 2 });
  const { order } = placed.body;
  const { sessionId } = await db().order.findUniqueOrThrow({ where: { id: order.id } });
  expect((await sendPaymentEvent(paidEvent({ ...order, sessionId }))).status).toBe(200);
  return { orderId: order.id as string, buyer, requestId: placed.headers.get("x-request-id") };
}

it("leads from a dead delivery to the buyer's request that placed the order", async () => {
  const { orderId, buyer, requestId } = await buy();
  const restore = replaceHandler(
    "deliver-goods",
    defineTask<"deliver-goods">()({
      prepare: () => Promise.reject(new NonRetryableTaskError("nothing to deliver")),
      commit: async () => {},
    }),
  );
  await finishTasks(orderId);
  restore();
  const story = await storyOf("deliver-goods", orderId);
  expect(story.task).toMatchObject({ state: "dead", error: "nothing to deliver" });
  expect(story.about).toMatchObject({
    kind: "order",
    id: orderId,
    status: "paid",
    person: { id: buyer.userId },
  });
  expect(story.origin).toMatchObject({ requestId, person: { id: buyer.userId } });
  // Its own request is the payment provider's.
  expect(story.cause.requestId).not.toBe(requestId);
  expect(story.effects).toEqual([]);
  expect(story.next).toEqual([]);
  expect(story.related.map(({ queue }) => queue)).toContain("referral-bonuses");
});

it("has what each task of a sale wrote, and the mail of a delivery leads to the order", async () => {
  const { orderId, requestId } = await buy();
  await finishTasks(orderId);
  const written = async (queue: string) =>
    (await storyOf(queue, orderId)).effects.map(({ kind, detail }) => `${kind} ${detail}`);
  expect(await written("deliver-goods")).toEqual([
    "delivery ticket 1",
    "delivery ticket 2",
    ...["notifications", "emails"].map((queue) => expect.stringContaining(`task ${queue}`)),
  ]);
  expect(await written("referral-bonuses")).toEqual(["bonus referral 1000"]);
  expect(await written("leaderboards")).toEqual(["sale 10000 EUR"]);
  const mail = await storyOf("emails", `delivered:${orderId}`);
  expect(mail.about).toMatchObject({ kind: "order", id: orderId });
  expect(mail.origin).toMatchObject({ requestId });
  const sale = await db().task.findUniqueOrThrow({
    where: { queue_key: { queue: "supplier-notifications", key: orderId } },
  });
  expect((await storyOf("emails", `supplier:${sale.id}`)).about).toMatchObject({ id: orderId });
});
