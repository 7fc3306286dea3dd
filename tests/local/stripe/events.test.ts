import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { buy, eventOf, openSession, post, start, WEBHOOK_SECRET } from "@/tests/support/servers/stripe";
import { RETRY_DELAYS_MS } from "../../../local/stripe/options";

describe("an event's signature", () => {
  it("is accepted by the SDK, and rejected after any change", async () => {
    const { sdk, app, server } = await start();
    const { id } = await openSession(sdk);
    await server.simulateBuyer(id, "abandoned");
    const [received] = await app.waitFor(1);
    if (!received) throw new Error("nothing came");
    const { text, headers } = received;
    const signature = String(headers["stripe-signature"]);
    expect(eventOf(received)).toMatchObject({ type: "checkout.session.expired" });
    const verify = (payload: string, header: string, secret = WEBHOOK_SECRET) =>
      sdk.webhooks.constructEvent(payload, header, secret);
    const refused = Stripe.errors.StripeSignatureVerificationError;
    expect(() => verify(text.replace('"expired"', '"complete"'), signature)).toThrow(refused);
    expect(() => verify(JSON.stringify(JSON.parse(text)), signature)).toThrow(refused); // bytes are signed, not the parsed JSON
    expect(() =>
      verify(
        text,
        signature.replace(/t=(\d+)/, (_, at) => `t=${Number(at) + 1}`),
      ),
    ).toThrow(refused);
    expect(() => verify(text, signature.replace(/v1=./, "v1=x"))).toThrow(refused);
    expect(() => verify(text, signature, "whsec_other")).toThrow(refused);
  });

  it("is new for each attempt, so that a late retry is not rejected as too old", async () => {
    const clock = new ManualClock();
    const { sdk, app, server } = await start({ clock });
    app.onRequest = () => ({ status: 500 });
    const { id } = await openSession(sdk);
    await server.simulateBuyer(id, "abandoned");
    await app.waitFor(1);
    await waitUntil("the first attempt to end", () => server.stats().inFlight === 0);
    clock.advance(RETRY_DELAYS_MS[0] ?? 0);
    const [first, second] = await app.waitFor(2);
    expect(second?.headers["stripe-signature"]).not.toBe(first?.headers["stripe-signature"]);
    expect(second?.text).toBe(first?.text);
  });
});

describe("delivery", () => {
  it("is retried until the app accepts the event", async () => {
    const { sdk, app, server } = await start({ retryScale: 0 });
    app.onRequest = () => ({ status: [500, 302, 404][app.received.length - 1] ?? 204 });
    const { id } = await openSession(sdk);
    await server.simulateBuyer(id, "abandoned");
    await waitUntil("the event to be accepted", () => server.stats().pending === 0);
    expect(app.received).toHaveLength(4);
    expect(new Set(app.events.map((event) => event.id)).size).toBe(1);
    const [event] = (await sdk.events.list()).data;
    expect(event?.pending_webhooks).toBe(0);
  });

  it("fails permanently before three days, after a bounded number of attempts", async () => {
    const clock = new ManualClock();
    const { sdk, app, server } = await start({ clock });
    app.onRequest = () => ({ status: 503 });
    const { id } = await openSession(sdk);
    await server.simulateBuyer(id, "abandoned");
    const startedAt = clock.now();
    for (const [index, wait] of [...RETRY_DELAYS_MS, 0].entries()) {
      await app.waitFor(index + 1);
      await waitUntil("the attempt to end", () => server.stats().inFlight === 0);
      clock.advance(wait);
    }
    expect(server.stats().pending).toBe(0);
    expect(app.received).toHaveLength(RETRY_DELAYS_MS.length + 1);
    expect(clock.now() - startedAt).toBeLessThan(3 * 24 * 3600 * 1000);
    const { data } = await sdk.events.list({ delivery_success: false });
    expect(data).toMatchObject([{ type: "checkout.session.expired", pending_webhooks: 1 }]);
    expect((await sdk.events.list({ delivery_success: true })).data).toEqual([]);
    app.onRequest = () => undefined;
    server.resend(data[0]?.id ?? "");
    await waitUntil("the event to be resent", () => server.stats().pending === 0);
    expect((await sdk.events.list({ delivery_success: false })).data).toEqual([]);
  });

  it("times out when the app does not answer", async () => {
    const { sdk, app, server } = await start({ deliveryTimeoutMs: 50, retryScale: 0 });
    const never = new Promise<void>(() => {});
    app.onRequest = () => (app.received.length === 1 ? { after: never } : {});
    const { id } = await openSession(sdk);
    await server.simulateBuyer(id, "abandoned");
    await waitUntil("the second attempt", () => server.stats().pending === 0);
    expect(app.received.length).toBeGreaterThanOrEqual(2);
  });
});

describe("the list of events", () => {
  it("is filtered by type and time, and events are returned by id", async () => {
    const clock = new ManualClock();
    const harness = await start({ clock });
    const { sdk } = harness;
    const { url } = await openSession(sdk);
    await post(url, "abandoned");
    clock.advance(60_000);
    const since = Math.floor(clock.now() / 1000);
    const { intentId } = await buy(harness);
    await sdk.refunds.create({ payment_intent: intentId, amount: 100 }, { idempotencyKey: "refund-1" });
    const types = async (params: Stripe.EventListParams) =>
      (await sdk.events.list({ limit: 100, ...params })).data.map(({ type }) => type);
    expect(await types({})).toEqual([
      "charge.refunded",
      "refund.created",
      "charge.succeeded",
      "payment_intent.succeeded",
      "checkout.session.completed",
      "checkout.session.expired",
    ]);
    expect(await types({ type: "charge.*" })).toEqual(["charge.refunded", "charge.succeeded"]);
    expect(await types({ types: ["refund.created", "checkout.session.expired"] })).toEqual([
      "refund.created",
      "checkout.session.expired",
    ]);
    expect(await types({ created: { lt: since } })).toEqual(["checkout.session.expired"]);
    expect(await types({ created: { gte: since } })).toHaveLength(5);
    await expect(types({ type: "a", types: ["b"] })).rejects.toMatchObject({ statusCode: 400 });
    const [refunded] = (await sdk.events.list({ type: "charge.refunded" })).data;
    expect(await sdk.events.retrieve(refunded?.id ?? "")).toMatchObject({
      data: {
        object: { amount_refunded: 100, refunded: false },
        previous_attributes: { amount_refunded: 0 },
      },
      request: { id: expect.stringMatching(/^req_/), idempotency_key: "refund-1" },
    });
  });
});

describe("over time", () => {
  it("an unpaid session expires", async () => {
    const clock = new ManualClock();
    const { sdk, app } = await start({ clock });
    const { id, expires_at } = await openSession(sdk);
    clock.advance(expires_at * 1000 - clock.now() - 1);
    expect(await sdk.checkout.sessions.retrieve(id)).toMatchObject({ status: "open" });
    clock.advance(1);
    expect(await sdk.checkout.sessions.retrieve(id)).toMatchObject({ status: "expired" });
    await app.waitFor(1);
    expect(app.events[0]?.type).toBe("checkout.session.expired");
  });

  it("old events and keys are deleted, but no event with a waiting delivery", async () => {
    const clock = new ManualClock();
    const { sdk, app, server } = await start({ clock, limits: { maxEvents: 2 } });
    app.onRequest = () => ({ status: app.received.length === 1 ? 500 : 200 });
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) {
      const { id } = await openSession(sdk, {}, { idempotencyKey: `key-${index}` });
      await server.simulateBuyer(id, "abandoned");
      await app.waitFor(index + 1);
      await waitUntil("the attempt to end", () => server.stats().inFlight === 0);
      ids.push(id);
    }
    clock.advance(5_000); // before the first retry
    expect(server.stats()).toMatchObject({ events: 5, pending: 1 });
    clock.advance(60_000);
    await waitUntil("the oldest events to be deleted", () => server.stats().events === 2);
    clock.advance(25 * 3600 * 1000);
    // A day later the key is accepted as new.
    const { id } = await openSession(sdk, { metadata: { other: "yes" } }, { idempotencyKey: "key-0" });
    expect(ids).not.toContain(id);
  });
});
