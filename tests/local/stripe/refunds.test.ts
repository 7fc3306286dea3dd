import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { buy, openSession, post, start } from "@/tests/support/servers/stripe";

describe("a refund", () => {
  it("of a part and then of the rest sends events for each", async () => {
    const harness = await start();
    const { sdk, app, server } = harness;
    const { intentId } = await buy(harness, 1000);
    const part = await sdk.refunds.create({
      payment_intent: intentId,
      amount: 300,
      reason: "requested_by_customer",
      metadata: { orderId: "order-1" },
      expand: ["charge"],
    });
    expect(part).toMatchObject({
      id: expect.stringMatching(/^re_/),
      object: "refund",
      amount: 300,
      currency: "eur",
      metadata: { orderId: "order-1" },
      payment_intent: intentId,
      reason: "requested_by_customer",
      status: "succeeded",
      charge: { amount_refunded: 300, refunded: false },
    });
    const rest = await sdk.refunds.create({ payment_intent: intentId });
    expect(rest.amount).toBe(700);
    const charge = await sdk.charges.retrieve(String(rest.charge));
    expect(charge).toMatchObject({ amount_refunded: 1000, refunded: true });
    const { data } = await sdk.refunds.list({ payment_intent: intentId });
    expect(data.map(({ id }) => id)).toEqual([rest.id, part.id]);
    expect((await sdk.refunds.list({ charge: charge.id })).data).toHaveLength(2);
    expect((await sdk.refunds.list({ payment_intent: "pi_other" })).data).toEqual([]);
    expect(await sdk.refunds.retrieve(part.id)).toMatchObject({ amount: 300 });
    await waitUntil("the events", () => server.stats().pending === 0);
    const types = app.events.map(({ type }) => type);
    expect(types.filter((type) => type === "refund.created")).toHaveLength(2);
    expect(types.filter((type) => type === "charge.refunded")).toHaveLength(2);
  });

  it("is refused when it exceeds the unrefunded amount", async () => {
    const harness = await start();
    const { sdk, server } = harness;
    const { intentId } = await buy(harness, 1000);
    const refund = (amount?: number) => sdk.refunds.create({ payment_intent: intentId, amount });
    await expect(refund(1001)).rejects.toMatchObject({
      statusCode: 400,
      rawType: "invalid_request_error",
      param: "amount",
      message: "Refund amount (€10.01) is greater than charge amount (€10.00)",
    });
    await refund(400);
    await expect(refund(601)).rejects.toMatchObject({
      message: "Refund amount (€6.01) is greater than unrefunded amount on charge (€6.00)",
    });
    await refund();
    const over = refund(1);
    await expect(over).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    await expect(over).rejects.toMatchObject({ code: "charge_already_refunded" });
    expect(server.stats().refunds).toBe(2);
  });

  it("is refused for an amount of 0 or less, an unknown reason, and an unpaid session", async () => {
    const harness = await start();
    const { sdk, server } = harness;
    const { intentId } = await buy(harness, 1000);
    const invalid = { statusCode: 400, rawType: "invalid_request_error" };
    await expect(sdk.refunds.create({})).rejects.toMatchObject(invalid);
    for (const amount of [0, -1, 0.5]) {
      await expect(sdk.refunds.create({ payment_intent: intentId, amount })).rejects.toMatchObject({
        ...invalid,
        param: "amount",
      });
    }
    const reason = "whim" as Stripe.RefundCreateParams.Reason;
    await expect(sdk.refunds.create({ payment_intent: intentId, reason })).rejects.toMatchObject({
      ...invalid,
      param: "reason",
    });
    const session = await openSession(sdk);
    await post(session.url, "failed");
    const { payment_intent } = await sdk.checkout.sessions.retrieve(session.id);
    await expect(sdk.refunds.create({ payment_intent: String(payment_intent) })).rejects.toMatchObject(
      invalid,
    );
    expect(server.stats().refunds).toBe(0);
  });
});
