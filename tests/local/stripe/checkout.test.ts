import { describe, expect, it } from "vitest";
import { BUYER_ACTIONS } from "@/local/stripe/checkout/simulate-buyer";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import {
  CANCEL_URL,
  type Harness,
  openSession,
  post,
  SUCCESS_URL,
  start,
} from "@/tests/support/servers/stripe";

const successUrl = (id: string): string => SUCCESS_URL.replace("{CHECKOUT_SESSION_ID}", id);
const typesOf = ({ app }: Harness): string[] => app.events.map(({ type }) => type).sort();
const settled = ({ server }: Harness): Promise<void> =>
  waitUntil("all events to be delivered", () => server.stats().pending === 0);

const PAID_EVENTS = ["charge.succeeded", "checkout.session.completed", "payment_intent.succeeded"];

it("serves each font that the page names", async () => {
  const { sdk } = await start();
  const { url } = await openSession(sdk);
  if (!url) throw new Error("the session has no address");
  const page = await (await fetch(url)).text();
  const fonts = [...page.matchAll(/url\((\/fonts\/[^)]+)\)/g)].map(([, path = ""]) => path);
  expect(fonts.length).toBeGreaterThan(1);
  for (const path of fonts) {
    const response = await fetch(new URL(path, url));
    expect([path, response.status, response.headers.get("content-type")]).toEqual([path, 200, "font/woff2"]);
    await response.arrayBuffer();
  }
});

describe("the buyer's form post to the session's URL", () => {
  it("paid: session, intent and charge are paid, and three events are sent", async () => {
    const harness = await start();
    const { sdk, app } = harness;
    const { id, url } = await openSession(sdk);
    const answer = await post(url, "paid");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe(successUrl(id));
    const session = await sdk.checkout.sessions.retrieve(id, { expand: ["payment_intent.latest_charge"] });
    expect(session).toMatchObject({
      status: "complete",
      payment_status: "paid",
      url: null,
      customer_details: { email: "buyer@normaldance.test" },
      payment_intent: { status: "succeeded", amount_received: 1500, latest_charge: { status: "succeeded" } },
    });
    await settled(harness);
    expect(typesOf(harness)).toEqual(PAID_EVENTS);
    expect(app.received.map(({ path }) => path)).toEqual(Array(3).fill("/api/webhooks/payments"));
    const completed = app.events.find(({ type }) => type === "checkout.session.completed");
    expect(completed).toMatchObject({
      id: expect.stringMatching(/^evt_[0-9A-Za-z]{24}$/),
      object: "event",
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      data: {
        object: { id, object: "checkout.session", payment_status: "paid", client_reference_id: "order-1" },
      },
    });
    const { data } = await sdk.events.list({ type: "checkout.session.completed" });
    expect(data).toMatchObject([{ id: completed?.id, pending_webhooks: 0 }]);
  });

  it("failed: the session stays open with a declined payment, and can still be paid", async () => {
    const harness = await start();
    const { sdk } = harness;
    const { id, url } = await openSession(sdk);
    const answer = await post(url, "failed");
    expect(answer.status).toBe(303);
    expect(new URL(answer.headers.get("location") ?? "", url ?? "").href).toBe(url);
    const open = await sdk.checkout.sessions.retrieve(id, { expand: ["payment_intent"] });
    expect(open).toMatchObject({
      status: "open",
      payment_status: "unpaid",
      payment_intent: {
        status: "requires_payment_method",
        amount_received: 0,
        last_payment_error: { code: "card_declined", type: "card_error" },
      },
    });
    expect(await (await fetch(url ?? "")).text()).toContain("The card was declined");
    await settled(harness);
    expect(typesOf(harness)).toEqual(["charge.failed", "payment_intent.payment_failed"]);
    await post(url, "paid");
    const paid = await sdk.checkout.sessions.retrieve(id, { expand: ["payment_intent"] });
    expect(paid).toMatchObject({ payment_status: "paid", payment_intent: { status: "succeeded" } });
    const idOf = (given: typeof paid.payment_intent) => (typeof given === "string" ? given : given?.id);
    expect(idOf(paid.payment_intent)).toBe(idOf(open.payment_intent));
  });

  it("abandoned: the session expires and the buyer is redirected to cancel_url", async () => {
    const harness = await start();
    const { id, url } = await openSession(harness.sdk);
    const answer = await post(url, "abandoned");
    expect([answer.status, answer.headers.get("location")]).toEqual([303, CANCEL_URL]);
    expect(await harness.sdk.checkout.sessions.retrieve(id)).toMatchObject({
      status: "expired",
      payment_intent: null,
    });
    await settled(harness);
    expect(typesOf(harness)).toEqual(["checkout.session.expired"]);
  });

  it("twice: each event is sent twice concurrently, and once more as a new event of the same payment", async () => {
    const harness = await start();
    const { app } = harness;
    // No request is answered before all have arrived.
    app.onRequest = () => ({ after: app.waitFor(9) });
    const { id, url } = await openSession(harness.sdk);
    expect((await post(url, "twice")).headers.get("location")).toBe(successUrl(id));
    await settled(harness);
    expect(app.peak).toBe(9); // all were concurrent
    for (const type of PAID_EVENTS) {
      const ids = app.events.filter((event) => event.type === type).map((event) => event.id);
      expect(ids).toHaveLength(3);
      expect(new Set(ids).size).toBe(2);
    }
    const { data } = await harness.sdk.paymentIntents.list();
    expect(data).toHaveLength(1);
  });

  it("late: the buyer is redirected immediately, the payment succeeds later", async () => {
    const clock = new ManualClock();
    const harness = await start({ clock, lateMs: 8000 });
    const { sdk, app } = harness;
    const { id, url } = await openSession(sdk);
    expect((await post(url, "late")).headers.get("location")).toBe(successUrl(id));
    expect(await (await fetch(url ?? "")).text()).toContain("The payment is on its way");
    // A visit to the page or another post meanwhile changes nothing.
    for (const result of BUYER_ACTIONS)
      expect((await post(url, result)).headers.get("location")).toBe(successUrl(id));
    clock.advance(7999);
    expect(await sdk.checkout.sessions.retrieve(id)).toMatchObject({
      status: "open",
      payment_status: "unpaid",
    });
    expect(app.received).toEqual([]);
    clock.advance(1);
    expect(await sdk.checkout.sessions.retrieve(id)).toMatchObject({
      status: "complete",
      payment_status: "paid",
    });
    await settled(harness);
    expect(typesOf(harness)).toEqual(PAID_EVENTS);
  });

  it("late, and expired by the app meanwhile: nothing is charged", async () => {
    const clock = new ManualClock();
    const harness = await start({ clock, lateMs: 8000 });
    const { id, url } = await openSession(harness.sdk);
    await post(url, "late");
    await harness.sdk.checkout.sessions.expire(id);
    await settled(harness);
    clock.advance(60_000);
    expect(await harness.sdk.checkout.sessions.retrieve(id)).toMatchObject({
      status: "expired",
      payment_status: "unpaid",
    });
    await settled(harness);
    expect(typesOf(harness)).toEqual(["checkout.session.expired"]);
  });

  it("refunded_first: events of the refund arrive before events of the payment", async () => {
    const harness = await start();
    const { app, sdk } = harness;
    app.onRequest = () => ({ status: app.received.length <= 2 ? 500 : 200 }); // even when they are refused at first
    const { id, url } = await openSession(sdk);
    expect((await post(url, "refunded_first")).headers.get("location")).toBe(successUrl(id));
    await app.waitFor(5);
    const types = app.events.map(({ type }) => type);
    expect(types.slice(0, 2).sort()).toEqual(["charge.refunded", "refund.created"]);
    expect(types.slice(2).sort()).toEqual(PAID_EVENTS);
    const session = await sdk.checkout.sessions.retrieve(id, { expand: ["payment_intent.latest_charge"] });
    expect(session).toMatchObject({
      payment_status: "paid",
      payment_intent: { latest_charge: { refunded: true, amount_refunded: 1500 } },
    });
  });

  it.each(BUYER_ACTIONS)("%s a second time changes nothing", async (result) => {
    const harness = await start();
    for (const first of ["paid", "abandoned"] as const) {
      const { id, url } = await openSession(harness.sdk);
      await post(url, first);
      await settled(harness);
      const before = [await harness.sdk.checkout.sessions.retrieve(id), harness.server.stats().events];
      const again = await post(url, result);
      expect(again.status).toBe(303);
      expect(again.headers.get("location")).toBe(first === "paid" ? successUrl(id) : CANCEL_URL);
      await settled(harness);
      expect([await harness.sdk.checkout.sessions.retrieve(id), harness.server.stats().events]).toEqual(
        before,
      );
    }
  });

  it("concurrent posts pay a session once", async () => {
    const harness = await start();
    const { url } = await openSession(harness.sdk);
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(url, "paid")));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    await settled(harness);
    expect(typesOf(harness)).toEqual(PAID_EVENTS);
    expect(harness.server.stats().payments).toBe(1);
  });

  it("unknown results, methods and sessions are refused", async () => {
    const { sdk, server } = await start();
    const { url } = await openSession(sdk);
    expect((await post(url, "nonsense")).status).toBe(400);
    expect((await fetch(url ?? "", { method: "DELETE" })).status).toBe(405);
    expect((await post(`${server.url}/c/pay/cs_test_none`, "paid")).status).toBe(404);
    expect(server.stats().events).toBe(0);
  });
});

describe("the buyer's page", () => {
  it("shows the line items, escaped, in the session's language or the browser's", async () => {
    const { sdk } = await start();
    const nasty = `<script>alert("1")</script>`;
    const { url } = await openSession(sdk, {
      line_items: [
        { quantity: 2, price_data: { currency: "eur", unit_amount: 123_456, product_data: { name: nasty } } },
      ],
    });
    const textFor = async (address: string | null, language?: string) =>
      (await fetch(address ?? "", { headers: language ? { "accept-language": language } : {} })).text();
    const english = await textFor(url, "en-GB,en;q=0.9");
    expect(english).toContain('<html lang="en">');
    expect(english).toContain("€2,469.12");
    expect(english).toContain("&lt;script&gt;");
    expect(english).not.toContain(nasty);
    expect(english).toContain("Local stand-in for Stripe");
    const russian = await textFor(url, "de;q=0.9,ru-RU;q=0.8,en;q=0.7");
    expect(russian).toContain('<html lang="ru">');
    expect(russian).toMatch(/2\s469,12\s€/);
    expect(await textFor((await openSession(sdk, { locale: "ru" })).url, "en")).toContain('<html lang="ru">');
    expect(await textFor((await openSession(sdk, { locale: "auto" })).url, "ru")).toContain(
      '<html lang="ru">',
    );
  });

  it("has a policy that allows redirects only to the shop, and no scripts", async () => {
    const { sdk } = await start();
    const { url } = await openSession(sdk);
    const policy = (await fetch(url ?? "")).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self' http://shop.test;");
    expect(policy).not.toContain("script-src");
  });

  it("shows the outcome of a session that is not open, with a link back", async () => {
    const { sdk } = await start();
    const paid = await openSession(sdk);
    await post(paid.url, "paid");
    const text = await (await fetch(paid.url ?? "")).text();
    expect(text).toContain("This is paid");
    expect(text).toContain(successUrl(paid.id));
    expect(text).not.toContain("<form");
    const left = await openSession(sdk);
    await post(left.url, "abandoned");
    expect(await (await fetch(left.url ?? "")).text()).toContain("This checkout has ended");
  });
});
