import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { buy, openSession, SECRET_KEY, sdkOf, start } from "@/tests/support/servers/stripe";
import type { FaultsInput } from "../../../local/stripe";

describe("API faults", () => {
  it("error and rate-limit answer 500 and 429 without effect", async () => {
    const { sdk, server } = await start();
    server.setFaults({ api: { kind: "error" } });
    await expect(openSession(sdk)).rejects.toBeInstanceOf(Stripe.errors.StripeAPIError);
    server.setFaults({ api: { kind: "rate-limit" } });
    await expect(openSession(sdk)).rejects.toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    await expect(sdk.events.list()).rejects.toMatchObject({ statusCode: 429, code: "rate_limit" });
    server.setFaults({});
    expect(server.stats().sessions).toBe(0);
    await openSession(sdk);
  });

  it("a call that failed by a fault can be retried with the same idempotency key", async () => {
    const { sdk, server } = await start();
    server.setFaults({ api: { kind: "error", times: 1 } });
    await expect(openSession(sdk, {}, { idempotencyKey: "one" })).rejects.toMatchObject({ statusCode: 500 });
    const session = await openSession(sdk, {}, { idempotencyKey: "one" });
    expect(session.lastResponse.headers["idempotent-replayed"]).toBeUndefined();
  });

  it("empty-balance refuses, and the key's refusal outlives the fault", async () => {
    const { sdk, server } = await start();
    server.setFaults({ api: { kind: "empty-balance", times: 1 } });
    const refused = { statusCode: 400, code: "balance_insufficient" };
    await expect(openSession(sdk, {}, { idempotencyKey: "one" })).rejects.toMatchObject(refused);
    await expect(openSession(sdk, {}, { idempotencyKey: "one" })).rejects.toMatchObject({
      ...refused,
      headers: { "idempotent-replayed": "true" },
    });
    await openSession(sdk, {}, { idempotencyKey: "two" });
  });

  it("hang never answers, without effect", async () => {
    const { server } = await start();
    server.setFaults({ api: { kind: "hang" } });
    const hasty = sdkOf(server, { timeout: 60 });
    await expect(openSession(hasty)).rejects.toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(server.stats().sessions).toBe(0);
  });

  it("lost does the work and sends no response", async () => {
    const { sdk, server } = await start();
    server.setFaults({ api: { kind: "lost" } });
    await expect(openSession(sdk, {}, { idempotencyKey: "one" })).rejects.toBeInstanceOf(
      Stripe.errors.StripeConnectionError,
    );
    expect(server.stats().sessions).toBe(1);
  });

  it("affect only calls that match method and path, `times` times", async () => {
    const { sdk, server } = await start();
    server.setFaults({ api: { kind: "error", times: 2, method: "POST", path: "/v1/checkout" } });
    await sdk.checkout.sessions.list();
    await expect(openSession(sdk)).rejects.toMatchObject({ statusCode: 500 });
    await sdk.refunds
      .create({ payment_intent: "pi_none" })
      .catch((error) => expect(error.statusCode).toBe(404));
    await expect(openSession(sdk)).rejects.toMatchObject({ statusCode: 500 });
    await openSession(sdk);
  });
});

describe("event faults", () => {
  it("drop: events are listed and never sent", async () => {
    const harness = await start();
    const { sdk, app, server } = harness;
    server.setFaults({ events: { drop: true } });
    await buy(harness);
    server.setFaults({});
    const { id } = await openSession(sdk);
    await server.simulateBuyer(id, "abandoned");
    await app.waitFor(1);
    expect(app.events.map(({ type }) => type)).toEqual(["checkout.session.expired"]);
    const { data } = await sdk.events.list({ delivery_success: false });
    expect(data).toHaveLength(3);
    server.resend(data[0]?.id ?? "");
    await app.waitFor(2);
    expect(app.events[1]?.id).toBe(data[0]?.id);
  });

  it("copies: events are sent several times", async () => {
    const harness = await start();
    harness.server.setFaults({ events: { copies: 3 } });
    await buy(harness);
    await waitUntil("the events", () => harness.server.stats().pending === 0);
    expect(harness.app.received).toHaveLength(9);
    expect(new Set(harness.app.events.map(({ id }) => id)).size).toBe(3);
  });

  it("reorder: events are sent last first", async () => {
    const harness = await start();
    harness.server.setFaults({ events: { reorder: true } });
    await buy(harness);
    await harness.app.waitFor(3);
    expect(harness.app.events.map(({ type }) => type)).toEqual([
      "charge.succeeded",
      "payment_intent.succeeded",
      "checkout.session.completed",
    ]);
  });

  it("delayMs: events are sent later", async () => {
    const harness = await start();
    harness.server.setFaults({ events: { delayMs: 3_600_000 } });
    await buy(harness);
    expect(harness.server.stats()).toMatchObject({ pending: 3, inFlight: 0 });
    expect(harness.app.received).toEqual([]);
  });
});

describe("the control route", () => {
  it("sets and returns faults, and requires the key", async () => {
    const { sdk, server } = await start();
    const call = async (method: string, body?: unknown, key = SECRET_KEY) => {
      const headers = { authorization: `Bearer ${key}` };
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const response = await fetch(`${server.url}/_local/faults`, init);
      return { status: response.status, body: await response.json() };
    };
    const faults: FaultsInput = { api: { kind: "error" }, events: { copies: 2 } };
    expect((await call("PUT", faults, "sk_test_wrong")).status).toBe(401);
    expect(await call("GET")).toMatchObject({
      status: 200,
      body: { api: null, events: { drop: false, copies: 1 } },
    });
    expect(await call("PUT", faults)).toMatchObject({ status: 200, body: faults });
    await expect(openSession(sdk)).rejects.toMatchObject({ statusCode: 500 });
    for (const wrong of [{ api: { kind: "nonsense" } }, { events: { copies: 0 } }, { evnts: {} }, []]) {
      expect((await call("PUT", wrong)).status).toBe(400);
    }
    expect(await call("GET")).toMatchObject({ body: faults });
    expect(await call("PUT", {})).toMatchObject({ body: { api: null } });
    expect((await call("DELETE")).status).toBe(405);
    await openSession(sdk);
  });
});
