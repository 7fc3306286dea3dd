import { expect } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import type { OrderView } from "@/lib/schemas/order";
import type { Product } from "@/lib/schemas/product";
import { createReferredBuyer, createTestProduct, placeTestOrder, stockOf, waitForOrder } from "./shop";

/** Submits the buyer's form on the provider's checkout page. */
export async function payAt(checkoutUrl: string, result: string): Promise<void> {
  const response = await fetch(checkoutUrl, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ result }),
    redirect: "manual",
  });
  expect(response.status).toBeLessThan(400);
}

export const queuesOf = ({ tasks }: OrderView) => tasks.map(({ queue }) => queue).sort();
export const allDone = ({ tasks }: OrderView) => tasks.every(({ state }) => state === "done");

/** Buys a product with this payment result, and checks that it is delivered once with exactly the expected tasks. */
export async function buyOnce(result: "paid" | "twice" | "late"): Promise<void> {
  const product = await createTestProduct({ stock: 10 });
  const { buyer } = await createReferredBuyer();
  const placed = await placeTestOrder(buyer, { productId: product.id, quantity: 2 });
  expect(placed.status).toBe(201);
  expect(placed.body.order).toMatchObject({ status: "pending", tasks: [], deliveries: [] });
  expect(placed.body.checkoutUrl).toBe(placed.body.order.checkoutUrl);
  await payAt(placed.body.checkoutUrl, result);

  const order = await waitForOrder(
    placed.body.order.id,
    buyer,
    "delivered",
    (order) => order.status === "delivered" && allDone(order),
  );
  expect(queuesOf(order)).toEqual([
    "deliver-goods",
    "leaderboards",
    "referral-bonuses",
    "supplier-notifications",
  ]);
  expect(order.deliveries.map(({ unit }) => unit)).toEqual([1, 2]);
  expect(new Set(order.deliveries.map(({ code }) => code)).size).toBe(2);
  expect(order.checkoutUrl).toBeNull();
  expect(await stockOf(product.id)).toBe(8);
}

/** A referred buyer's delivered order of two units, with all tasks done. */
export async function buyDelivered(): Promise<{
  product: Product & { seller: Caller };
  buyer: Caller;
  order: OrderView;
}> {
  const product = await createTestProduct({ stock: 5 });
  const { buyer } = await createReferredBuyer();
  const { body } = await placeTestOrder(buyer, { productId: product.id, quantity: 2 });
  await payAt(body.checkoutUrl, "paid");
  const isDone = (order: OrderView) => order.status === "delivered" && allDone(order);
  const order = await waitForOrder(body.order.id, buyer, "delivered", isDone);
  return { product, buyer, order };
}
