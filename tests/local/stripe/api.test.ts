import { request } from "node:http";
import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import {
  buy,
  lineItem,
  openSession,
  SECRET_KEY,
  SUCCESS_URL,
  sdkOf,
  start,
} from "@/tests/support/servers/stripe";
import { API_VERSION } from "../../../local/stripe";

describe("the API, by the official SDK", () => {
  it("has the API version of the SDK", async () => {
    const { sdk, app, server } = await start();
    const session = await openSession(sdk);
    expect(session.lastResponse.apiVersion).toBe(API_VERSION);
    await server.simulateBuyer(session.id, "paid");
    await app.waitFor(3);
    expect(new Set(app.events.map((event) => event.api_version))).toEqual(new Set([API_VERSION]));
  });

  it("opens a session and returns its parameters", async () => {
    const { sdk, server } = await start();
    const expiresAt = Math.floor(Date.now() / 1000) + 3600;
    const session = await openSession(sdk, { expires_at: expiresAt, locale: "ru" });
    expect(session).toMatchObject({
      object: "checkout.session",
      amount_subtotal: 1500,
      amount_total: 1500,
      client_reference_id: "order-1",
      currency: "eur",
      customer_email: "buyer@normaldance.test",
      expires_at: expiresAt,
      livemode: false,
      locale: "ru",
      metadata: { orderId: "order-1" },
      mode: "payment",
      payment_intent: null,
      payment_status: "unpaid",
      status: "open",
      success_url: SUCCESS_URL,
    });
    expect(session.id).toMatch(/^cs_test_[0-9A-Za-z]{60}$/);
    expect(session.url).toBe(`${server.url}/c/pay/${session.id}`);
    const items = await sdk.checkout.sessions.listLineItems(session.id);
    expect(
      items.data.map(({ description, quantity, amount_total }) => [description, quantity, amount_total]),
    ).toEqual([
      ["Night train, licence", 2, 1000],
      ["Night train, track", 1, 500],
    ]);
  });

  it("lets a session expire after a day by default", async () => {
    const { sdk } = await start();
    const session = await openSession(sdk);
    expect(session.expires_at - session.created).toBe(24 * 3600);
  });

  it("expands payment objects to the requested depth", async () => {
    const harness = await start();
    const { sessionId } = await buy(harness);
    const session = await harness.sdk.checkout.sessions.retrieve(sessionId, {
      expand: ["payment_intent.latest_charge", "line_items"],
    });
    expect(session.line_items?.data).toHaveLength(1);
    const intent = session.payment_intent;
    if (typeof intent !== "object" || intent === null) throw new Error("not expanded");
    expect(intent).toMatchObject({
      id: expect.stringMatching(/^pi_/),
      amount: 1500,
      amount_received: 1500,
      currency: "eur",
      metadata: { orderId: "order-1" },
      status: "succeeded",
      latest_charge: {
        id: expect.stringMatching(/^ch_/),
        paid: true,
        amount_captured: 1500,
        payment_intent: intent.id,
      },
    });
    await expect(
      harness.sdk.checkout.sessions.retrieve(sessionId, { expand: ["nonsense"] }),
    ).rejects.toMatchObject({
      statusCode: 400,
      message: "This property cannot be expanded (nonsense).",
    });
  });

  it("lists the session, intent and charge of a payment", async () => {
    const harness = await start();
    const { sdk } = harness;
    await buy(harness);
    const { sessionId, intentId } = await buy(harness);
    const found = await sdk.checkout.sessions.list({
      payment_intent: intentId,
      expand: ["data.payment_intent"],
    });
    expect(found.data.map(({ id }) => id)).toEqual([sessionId]);
    expect(found.data[0]?.payment_intent).toMatchObject({ id: intentId, status: "succeeded" });
    const intent = await sdk.paymentIntents.retrieve(intentId);
    const charge = await sdk.charges.retrieve(String(intent.latest_charge), { expand: ["payment_intent"] });
    expect(charge).toMatchObject({ captured: true, refunded: false, payment_intent: { id: intentId } });
    expect((await sdk.paymentIntents.list()).data).toHaveLength(2);
    await expect(sdk.checkout.sessions.list({ payment_intent: "pi_none" })).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  it("expires only an open session", async () => {
    const harness = await start();
    const { sdk, app } = harness;
    const session = await openSession(sdk);
    expect(await sdk.checkout.sessions.expire(session.id)).toMatchObject({ status: "expired", url: null });
    await app.waitFor(1);
    expect(app.events[0]).toMatchObject({
      type: "checkout.session.expired",
      data: { object: { id: session.id } },
    });
    await expect(sdk.checkout.sessions.expire(session.id)).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('status in ["open"]'),
    });
    const { sessionId } = await buy(harness);
    await expect(sdk.checkout.sessions.expire(sessionId)).rejects.toMatchObject({ statusCode: 400 });
    expect(await sdk.checkout.sessions.retrieve(sessionId)).toMatchObject({ payment_status: "paid" });
  });

  it("completes a session with a total of 0 without a payment", async () => {
    const { sdk, server, app } = await start();
    const session = await openSession(sdk, { line_items: [lineItem("Gift", 0, 1)] });
    await server.simulateBuyer(session.id, "paid");
    expect(await sdk.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: "complete",
      payment_status: "no_payment_required",
      payment_intent: null,
    });
    await app.waitFor(1);
    expect(app.events.map(({ type }) => type)).toEqual(["checkout.session.completed"]);
  });

  it("paginates lists in both directions by cursors", async () => {
    const { sdk } = await start();
    const ids: string[] = [];
    for (let index = 0; index < 7; index++) ids.unshift((await openSession(sdk)).id);
    const first = await sdk.checkout.sessions.list({ limit: 3 });
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 3));
    expect(first.has_more).toBe(true);
    const last = await sdk.checkout.sessions.list({ limit: 4, starting_after: ids[2] });
    expect(last.data.map(({ id }) => id)).toEqual(ids.slice(3));
    expect(last.has_more).toBe(false);
    const back = await sdk.checkout.sessions.list({ limit: 2, ending_before: ids[4] });
    expect(back.data.map(({ id }) => id)).toEqual(ids.slice(2, 4));
    expect(back.has_more).toBe(true);
    const all: string[] = [];
    for await (const session of sdk.checkout.sessions.list({ limit: 2 })) all.push(session.id);
    expect(all).toEqual(ids);
    await expect(sdk.checkout.sessions.list({ starting_after: "cs_test_none" })).rejects.toMatchObject({
      statusCode: 404,
      param: "starting_after",
    });
  });
});

describe("API errors", () => {
  it("are 401 without or with a wrong key", async () => {
    const { server } = await start();
    const call = (headers: Record<string, string>) => fetch(`${server.url}/v1/events`, { headers });
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
    expect((await call({})).status).toBe(401);
    expect((await call({ authorization: "Bearer sk_test_wrong" })).status).toBe(401);
    expect((await call(basic("sk_test_wrong:"))).status).toBe(401);
    expect((await call(basic(`${SECRET_KEY}:`))).status).toBe(200);
    expect((await call({ authorization: `Bearer ${SECRET_KEY}` })).status).toBe(200);
    const other = new Stripe("sk_test_wrong", { host: "127.0.0.1", port: server.port, protocol: "http" });
    await expect(other.events.list()).rejects.toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
  });

  it("and successful responses have a request id", async () => {
    const { sdk } = await start();
    expect((await openSession(sdk)).lastResponse.requestId).toMatch(/^req_/);
    await expect(sdk.refunds.retrieve("re_none")).rejects.toMatchObject({
      requestId: expect.stringMatching(/^req_/),
    });
  });

  it.each([
    ["mode (missing)", { mode: undefined }, "parameter_missing", "mode"],
    ["mode (unsupported)", { mode: "subscription" }, undefined, "mode"],
    ["line items (missing)", { line_items: undefined }, "parameter_missing", "line_items"],
    [
      "name (empty)",
      { line_items: [lineItem("", 100, 1)] },
      "parameter_invalid_empty",
      "line_items[0][price_data][product_data][name]",
    ],
    [
      "amount (half a cent)",
      { line_items: [lineItem("A", 99.5, 1)] },
      "parameter_invalid_integer",
      "line_items[0][price_data][unit_amount]",
    ],
    [
      "amount (negative)",
      { line_items: [lineItem("A", -1, 1)] },
      "parameter_invalid_integer",
      "line_items[0][price_data][unit_amount]",
    ],
    [
      "quantity (0)",
      { line_items: [lineItem("A", 100, 0)] },
      "parameter_invalid_integer",
      "line_items[0][quantity]",
    ],
    [
      "currency (unknown)",
      { line_items: [lineItem("A", 100, 1, "xyz")] },
      undefined,
      "line_items[0][price_data][currency]",
    ],
    [
      "currency (two different)",
      { line_items: [lineItem("A", 100, 1, "eur"), lineItem("B", 100, 1, "usd")] },
      undefined,
      "line_items",
    ],
    ["total (too small)", { line_items: [lineItem("A", 49, 1)] }, "amount_too_small", undefined],
    ["total (too large)", { line_items: [lineItem("A", 99_999_999, 2)] }, "amount_too_large", undefined],
    ["URL", { success_url: "not a url" }, "url_invalid", "success_url"],
    ["URL with a script", { cancel_url: "javascript:alert(1)" }, "url_invalid", "cancel_url"],
    ["reference (too long)", { client_reference_id: "x".repeat(201) }, undefined, "client_reference_id"],
    ["expiry (too soon)", { expires_at: Math.floor(Date.now() / 1000) + 60 }, undefined, "expires_at"],
    ["expiry (too late)", { expires_at: Math.floor(Date.now() / 1000) + 90_000 }, undefined, "expires_at"],
    ["parameter (unknown)", { colour: "lime" }, "parameter_unknown", "colour"],
    ["metadata (too long)", { metadata: { note: "x".repeat(501) } }, undefined, "metadata"],
    [
      "much metadata",
      { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`key${index}`, "x"])) },
      undefined,
      "metadata",
    ],
  ])("name the invalid parameter of a session: %s", async (_, given, code, param) => {
    const { sdk, server } = await start();
    const wrong = openSession(sdk, given as Partial<Stripe.Checkout.SessionCreateParams>);
    await expect(wrong).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    await expect(wrong).rejects.toMatchObject({
      statusCode: 400,
      rawType: "invalid_request_error",
      code,
      param,
    });
    expect(server.stats().sessions).toBe(0);
  });

  it("are 404 for an unknown object or path", async () => {
    const { sdk, server } = await start();
    const missing = { statusCode: 404, code: "resource_missing" };
    await expect(sdk.checkout.sessions.retrieve("cs_test_none")).rejects.toMatchObject(missing);
    await expect(sdk.paymentIntents.retrieve("pi_none")).rejects.toMatchObject({
      ...missing,
      param: "intent",
    });
    await expect(sdk.charges.retrieve("ch_none")).rejects.toMatchObject(missing);
    await expect(sdk.refunds.retrieve("re_none")).rejects.toMatchObject(missing);
    await expect(sdk.events.retrieve("evt_none")).rejects.toMatchObject(missing);
    await expect(sdk.refunds.create({ payment_intent: "pi_none" })).rejects.toMatchObject({
      ...missing,
      param: "payment_intent",
      message: "No such payment_intent: 'pi_none'",
    });
    const headers = { authorization: `Bearer ${SECRET_KEY}` };
    expect((await fetch(`${server.url}/v1/customers`, { headers })).status).toBe(404);
    expect((await fetch(`${server.url}/v1/events/%E0%A4%A`, { headers })).status).toBe(400);
  });

  it("refuse an invalid limit, version, form, path, or a body over the limit", async () => {
    const { sdk, server } = await start();
    await expect(sdk.events.list({ limit: 101 })).rejects.toMatchObject({ statusCode: 400, param: "limit" });
    const version = sdkOf(server, { apiVersion: "nonsense" as never });
    await expect(version.events.list()).rejects.toMatchObject({ statusCode: 400 });
    const headers = { authorization: `Bearer ${SECRET_KEY}` };
    for (const body of ["a=1&a[b]=2", "a[b]=2&a=1", "a[b=1", `a${"[b]".repeat(20)}=1`, "__proto__[x]=1"]) {
      const response = await fetch(`${server.url}/v1/refunds`, { method: "POST", headers, body });
      expect(response.status, body).toBe(400);
    }
    for (const path of ["//", "http://[", "/v1//", "*"]) {
      const status = await new Promise((resolve, reject) => {
        request({ port: server.port, path, headers }, (response) => resolve(response.resume().statusCode))
          .on("error", reject)
          .end();
      });
      expect(status, path).toBe(404);
    }
    const large = await fetch(`${server.url}/v1/refunds`, {
      method: "POST",
      headers,
      body: "x".repeat(2_000_000),
    });
    expect(large.status).toBe(413);
  });
});
