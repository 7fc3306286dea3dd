import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { buy, openSession, SECRET_KEY, sdkOf, start } from "@/tests/support/servers/stripe";
import { IdempotencyLocks, toIdempotentRequest } from "../../../local/stripe/api/idempotency";
import { State } from "../../../local/stripe/state/state";

describe("an idempotency key", () => {
  it("returns the stored response to the same request", async () => {
    const { sdk, server } = await start();
    const first = await openSession(sdk, {}, { idempotencyKey: "order-1" });
    const again = await openSession(sdk, {}, { idempotencyKey: "order-1" });
    expect(again).toEqual(first);
    expect(server.stats().sessions).toBe(1);
    expect(first.lastResponse.headers["idempotent-replayed"]).toBeUndefined();
    expect(again.lastResponse.headers["idempotent-replayed"]).toBe("true");
    expect(again.lastResponse.headers["original-request"]).toBe(first.lastResponse.requestId);
    expect(again.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
    expect((await openSession(sdk, {}, { idempotencyKey: "order-2" })).id).not.toBe(first.id);
  });

  it("ignores the order of the parameters", async () => {
    const harness = await start();
    const { intentId } = await buy(harness);
    const refund = async (body: string) => {
      const headers = { authorization: `Bearer ${SECRET_KEY}`, "idempotency-key": "one" };
      const response = await fetch(`${harness.server.url}/v1/refunds`, { method: "POST", headers, body });
      return { status: response.status, body: await response.json() };
    };
    const first = await refund(`payment_intent=${intentId}&amount=10`);
    expect(first.status).toBe(200);
    expect(await refund(`amount=10&payment_intent=${intentId}`)).toEqual(first);
    expect(harness.server.stats().refunds).toBe(1);
  });

  it("is refused for other parameters and for another call", async () => {
    const harness = await start();
    const { sdk, server } = harness;
    await openSession(sdk, {}, { idempotencyKey: "order-1" });
    const other = openSession(sdk, { client_reference_id: "order-2" }, { idempotencyKey: "order-1" });
    await expect(other).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    await expect(other).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("same parameters"),
    });
    const { intentId } = await buy(harness);
    const refund = sdk.refunds.create({ payment_intent: intentId }, { idempotencyKey: "order-1" });
    await expect(refund).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("same endpoint"),
    });
    expect(server.stats()).toMatchObject({ sessions: 2, refunds: 0 });
    await expect(openSession(sdk, {}, { idempotencyKey: "x".repeat(256) })).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  it("gives 409 while the first request is in flight; the SDK's retry then gets its response", async () => {
    const { server } = await start();
    const patient = sdkOf(server, { maxNetworkRetries: 6 });
    const hasty = sdkOf(server);
    const conflicts: unknown[] = [];
    const one = (sdk: Stripe) => openSession(sdk, {}, { idempotencyKey: "order-1" });
    const answers = await Promise.all([
      ...Array.from({ length: 8 }, () => one(patient)),
      ...Array.from({ length: 8 }, () =>
        one(hasty).catch((error) => {
          conflicts.push(error);
          return null;
        }),
      ),
    ]);
    const ids = new Set(answers.filter((answer) => answer !== null).map(({ id }) => id));
    expect(ids.size).toBe(1);
    expect(server.stats().sessions).toBe(1);
    for (const conflict of conflicts) {
      expect(conflict).toMatchObject({ statusCode: 409, code: "idempotency_key_in_use" });
    }
  });

  it("is locked until it is released", () => {
    const locks = new IdempotencyLocks();
    const state = new State();
    const request = toIdempotentRequest("one", "/v1/refunds", "amount=1");
    expect(locks.acquire(state, request)).toBeUndefined();
    expect(() => locks.acquire(state, request)).toThrow("another in-progress request");
    expect(locks.acquire(state, toIdempotentRequest("two", "/v1/refunds", "amount=1"))).toBeUndefined();
    locks.release("one");
    expect(locks.acquire(state, request)).toBeUndefined();
  });

  it("stores an error of a call that began, and not of one with invalid parameters", async () => {
    const harness = await start();
    const { sdk } = harness;
    const { intentId } = await buy(harness, 1000);
    const refund = (amount: number, idempotencyKey: string) =>
      sdk.refunds.create({ payment_intent: intentId, amount }, { idempotencyKey });
    await expect(refund(2000, "begun")).rejects.toMatchObject({ statusCode: 400, param: "amount" });
    await expect(refund(100, "begun")).rejects.toMatchObject({ rawType: "idempotency_error" });
    await expect(refund(0, "not-begun")).rejects.toMatchObject({ statusCode: 400 });
    expect(await refund(100, "not-begun")).toMatchObject({ amount: 100 });
  });

  it("runs the work once when the response is lost and the SDK retries", async () => {
    const harness = await start();
    const { sdk, server } = harness;
    const { intentId } = await buy(harness, 1000);
    server.setFaults({ api: { kind: "lost", times: 1, path: "/v1/refunds" } });
    const refund = await sdk.refunds.create({ payment_intent: intentId, amount: 400 });
    expect(refund.lastResponse.headers["idempotent-replayed"]).toBe("true");
    expect((await sdk.refunds.list({ payment_intent: intentId })).data.map(({ id }) => id)).toEqual([
      refund.id,
    ]);
  });
});
