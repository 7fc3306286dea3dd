import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/tests/support/fuzz/runs";
import { buy, start } from "@/tests/support/servers/stripe";

describe("a refund", () => {
  it("never exceeds the payment with concurrent requests", async () => {
    const harness = await start({ webhookUrl: null });
    const { sdk, server } = harness;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 50, max: 5000 }),
        fc.array(
          fc.record({
            amount: fc.option(fc.integer({ min: 1, max: 3000 }), { nil: undefined }),
            // Some are sent twice with one key, some begin at the provider.
            how: fc.constantFrom("api", "repeated", "provider"),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        async (amount, requests) => {
          const { intentId } = await buy(harness, amount);
          const attempts = requests.flatMap((request, index): Promise<unknown>[] => {
            const input = { payment_intent: intentId, amount: request.amount };
            const idempotencyKey = `${intentId}-${index}`;
            if (request.how === "provider") return [server.refund(intentId, request.amount)];
            if (request.how === "api") return [sdk.refunds.create(input)];
            const once = () => sdk.refunds.create(input, { idempotencyKey, maxNetworkRetries: 5 });
            return [once(), once()];
          });
          await Promise.allSettled(attempts);
          const refunds = (await sdk.refunds.list({ payment_intent: intentId, limit: 100 })).data;
          const refunded = refunds.reduce((sum, refund) => sum + refund.amount, 0);
          const intent = await sdk.paymentIntents.retrieve(intentId, { expand: ["latest_charge"] });
          const charge = intent.latest_charge;
          if (typeof charge !== "object" || charge === null) throw new Error("not expanded");
          expect(refunded).toBeLessThanOrEqual(amount);
          expect(charge.amount_refunded).toBe(refunded);
          expect(charge.refunded).toBe(refunded === amount);
          expect(refunds.length).toBeLessThanOrEqual(requests.length);
          // A request for the rest succeeds while anything is left.
          if (requests.some((request) => request.amount === undefined)) expect(refunded).toBe(amount);
        },
      ),
      { numRuns: runs(40) },
    );
  });
});
