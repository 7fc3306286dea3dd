import { expect, it } from "vitest";
import { derivePorts, readSettings } from "../../../local/stack/settings";

it.each([
  [{}, false],
  [{ STRIPE_SECRET_KEY: " " }, false],
  [{ STRIPE_SECRET_KEY: "sk_test_yours" }, true],
  [{ STRIPE_API_URL: "https://api.stripe.com" }, true],
])("of %j: whether Stripe is the caller's own is %s", (environment, own) => {
  expect(readSettings(environment).externalStripe).toBe(own);
});

it("no two servers want one port", () => {
  const ports = Object.values(derivePorts(3000));
  expect(new Set(ports).size).toBe(ports.length);
});
