import { afterAll, expect, it } from "vitest";
import { GET as readOrder } from "@/app/api/orders/[id]/route";
import { newId } from "@/lib/core/ids";
import { call } from "@/tests/support/clients/call";
import { stubAccessToken } from "@/tests/support/factories/sessions";
import { paidEvent, paymentEvent, placeTestOrder, sendPaymentEvent } from "@/tests/support/factories/shop";
import { provider, stopShopServer } from "@/tests/support/factories/shop-server";
import { freePort } from "@/tests/support/stack/real-postgres";

// Before anything reads the environment: a Postgres that is not there.
process.env.DATABASE_URL = `postgresql://nobody:secret@127.0.0.1:${await freePort()}/gone`;
provider.setWebhookUrl(null);
afterAll(stopShopServer);

const buyer = { userId: newId(), seq: 1, role: "listener" as const, name: "Somebody" };

it("without Postgres the payment provider is asked to tell it again, whatever it tells", async () => {
  const sent = [
    paidEvent({ id: newId(), amountMinor: 100, currency: "EUR" }),
    paymentEvent("customer.created", { id: "cus_1" }),
  ];
  for (const one of sent) {
    const answer = await sendPaymentEvent(one);
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).not.toBeNull();
  }
});

it("and a wrong signature is still a wrong signature", async () => {
  const sent = paidEvent({ id: newId(), amountMinor: 100, currency: "EUR" });
  expect((await sendPaymentEvent(sent, { secret: "whsec_other" })).status).toBe(401);
});

it("nobody can order, and nobody is charged", async () => {
  stubAccessToken(buyer);
  const before = provider.stats().calls;
  expect((await placeTestOrder(buyer, { productId: newId() })).status).toBe(503);
  expect((await call(readOrder, { as: buyer, params: { id: newId() } })).status).toBe(503);
  expect(provider.stats().calls).toBe(before);
});
