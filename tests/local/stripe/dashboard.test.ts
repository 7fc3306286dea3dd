import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import {
  buy,
  lineItem,
  openSession,
  post,
  SECRET_KEY,
  start,
  WEBHOOK_SECRET,
} from "@/tests/support/servers/stripe";

describe("the page", () => {
  it("shows sessions, payments, refunds and events, escaped, with no secret", async () => {
    const harness = await start();
    const { sdk, app, server } = harness;
    const nasty = `<script>alert("1")</script>`;
    app.onRequest = () => ({ status: 500, body: nasty });
    const { intentId } = await buy(harness);
    const refund = await sdk.refunds.create({ payment_intent: intentId, amount: 500 });
    const open = await openSession(sdk, {
      line_items: [lineItem(nasty, 777, 1)],
      client_reference_id: nasty,
    });
    await waitUntil("all attempts to end", () => server.stats().inFlight === 0);
    server.setFaults({ events: { drop: true } });
    const response = await fetch(server.url);
    const text = await response.text();
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    for (const shown of [
      "€15.00",
      "€5.00",
      "€7.77",
      open.id,
      intentId,
      refund.id,
      "checkout.session.completed",
      "charge.refunded",
      "1 attempt",
      "Active faults",
      `${app.url}/api/webhooks/payments`,
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(text).not.toContain(nasty);
    for (const secret of [SECRET_KEY, WEBHOOK_SECRET]) expect(text).not.toContain(secret);
  });

  it("refunds payments and resends events only on requests from the page itself", async () => {
    const harness = await start();
    const { sdk, app, server } = harness;
    const { intentId } = await buy(harness, 1000);
    await waitUntil("the events", () => server.stats().pending === 0);
    const click = (path: string, headers: Record<string, string>, body = "") =>
      fetch(server.url + path, {
        method: "POST",
        headers,
        body: new URLSearchParams(body),
        redirect: "manual",
      });
    const refundPath = `/payments/${intentId}/refund`;
    const refused: Record<string, string>[] = [{}, { origin: "https://evil.example" }, { origin: "null" }];
    for (const headers of refused) expect((await click(refundPath, headers, "amount=400")).status).toBe(403);
    expect(server.stats().refunds).toBe(0);
    const own = { origin: server.url };
    expect((await click(refundPath, own, "amount=400")).status).toBe(303);
    for (const amount of ["0", "-1", "x", "601", "99999999999"]) {
      expect((await click(refundPath, own, `amount=${amount}`)).status).toBe(400);
    }
    expect((await click("/payments/pi_none/refund", own, "amount=1")).status).toBe(404);
    const { data } = await sdk.refunds.list({ payment_intent: intentId });
    expect(data.map(({ amount }) => amount)).toEqual([400]);
    await waitUntil("the refund's event", () => app.events.some(({ type }) => type === "charge.refunded"));
    const refunded = app.events.find(({ type }) => type === "charge.refunded");
    expect(refunded?.request).toEqual({ id: null, idempotency_key: null });

    await waitUntil("the events", () => server.stats().pending === 0);
    const count = app.received.length;
    expect((await click(`/events/${refunded?.id}/resend`, {})).status).toBe(403);
    expect((await click(`/events/${refunded?.id}/resend`, own)).status).toBe(303);
    expect((await click("/events/evt_none/resend", own)).status).toBe(404);
    await app.waitFor(count + 1);
    expect(app.events.at(-1)?.id).toBe(refunded?.id);
    expect((await fetch(server.url + refundPath)).status).toBe(405);
  });

  it("and its forms are refused under a foreign host name", async () => {
    const { server } = await start();
    const statusFor = (host: string) =>
      new Promise<number>((resolve, reject) => {
        request(server.url, { headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .on("error", reject)
          .end();
      });
    expect(await statusFor("evil.example")).toBe(403);
    expect(await statusFor("localhost:1")).toBe(200);
  });

  it("links to the pages of open sessions", async () => {
    const { sdk, server } = await start();
    const { id, url } = await openSession(sdk);
    expect(await (await fetch(server.url)).text()).toContain(`href="/c/pay/${id}"`);
    await post(url, "abandoned");
    expect(await (await fetch(server.url)).text()).not.toContain(`href="/c/pay/${id}"`);
  });
});
