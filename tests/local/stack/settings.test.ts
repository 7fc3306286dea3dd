import { expect, it } from "vitest";
import { derivePorts, readSettings } from "../../../local/stack/settings";

it.each([
  [{}, false],
  [{ STRIPE_SECRET_KEY: " " }, false],
  [{ STRIPE_SECRET_KEY: "sk_test_yours" }, true],
  [{ STRIPE_API_URL: "https://api.stripe.com" }, true],
])("with %j, externalStripe is %s", (environment, external) => {
  expect(readSettings(environment).externalStripe).toBe(external);
});

it("derives a different port for every server", () => {
  const ports = Object.values(derivePorts(3000));
  expect(new Set(ports).size).toBe(ports.length);
});
