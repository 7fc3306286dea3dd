import { afterAll, expect, it } from "vitest";
import { GET as readOrder } from "@/app/api/orders/[id]/route";
import { newId } from "@/lib/core/ids";
import { call } from "@/tests/support/clients/call";
import { stubAccessToken } from "@/tests/support/factories/sessions";
import { paidEvent, paymentEvent, placeTestOrder, sendPaymentEvent } from "@/tests/support/factories/shop";
import { provider, stopShopServer } from "@/tests/support/factories/shop-server";
import { freePort } from "@/tests/support/stack/real-postgres";

// Set before anything reads the environment: a Postgres that does not exist.
process.env.DATABASE_URL = `postgresql://nobody:secret@127.0.0.1:${await freePort()}/gone`;
provider.setWebhookUrl(null);
afterAll(stopShopServer);

const buyer = { userId: newId(), seq: 1, role: "listener" as const, name: "Somebody" };

it("without Postgres every event gets 503 with Retry-After, so that the provider repeats it", async () => {
  const sent = [
    paidEvent({ id: newId(), amountMinor: 100, currency: "EUR" }),
    paymentEvent("customer.created", { id: "cus_1" }),
  ];
  for (const event of sent) {
    const response = await sendPaymentEvent(event);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).not.toBeNull();
  }
});

it("without Postgres a wrong signature is still 401", async () => {
  const sent = paidEvent({ id: newId(), amountMinor: 100, currency: "EUR" });
  expect((await sendPaymentEvent(sent, { secret: "whsec_other" })).status).toBe(401);
});

it("without Postgres orders fail and no buyer is charged", async () => {
  stubAccessToken(buyer);
  const before = provider.stats().calls;
  expect((await placeTestOrder(buyer, { productId: newId() })).status).toBe(503);
  expect((await call(readOrder, { as: buyer, params: { id: newId() } })).status).toBe(503);
  expect(provider.stats().calls).toBe(before);
});
