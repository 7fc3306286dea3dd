import { expect, it } from "vitest";
import { GET as listProducts } from "@/app/api/products/route";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";
import {
  createTestProduct,
  paidEvent,
  placeTestOrder,
  sendPaymentEvent,
  stockOf,
} from "@/tests/support/factories/shop";

// Set before anything reads the environment: a deployment without Stripe keys.
delete process.env.STRIPE_SECRET_KEY;
delete process.env.STRIPE_WEBHOOK_SECRET;

it("without payments the shop lists products, and orders get 503", async () => {
  const product = await createTestProduct({ stock: 1 });
  const buyer = await createPerson();
  const { items } = (await call(listProducts, { query: `?sellerId=${product.sellerId}` })).body;
  expect(items).toHaveLength(1);
  expect(await placeTestOrder(buyer, { productId: product.id })).toMatchObject({
    status: 503,
    body: { error: { code: "unavailable", message: expect.stringMatching(/^Оплата/) } },
  });
  expect(await db().order.count({ where: { buyerId: buyer.userId } })).toBe(0);
  expect(await stockOf(product.id)).toBe(1);
});

it("without payments events get 503", async () => {
  const sent = paidEvent({ id: "x", amountMinor: 100, currency: "EUR" });
  expect((await sendPaymentEvent(sent, { secret: "whsec_guessed" })).status).toBe(503);
  expect(await db().paymentEvent.count({ where: { id: sent.id } })).toBe(0);
});
