import { expect, it } from "vitest";
import { parseThrottleKey } from "@/lib/rate-limit/handler-limits";
import { keys } from "@/lib/redis";

const ID = "01890000-0000-7000-8000-000000000000";

it.each([
  ["default", `user-${ID}`, "/api/bots/:botId/executions/:id"],
  ["default", `user-${ID}`, "POST /api/bots"],
  ["person", `user-${ID}`, "*"],
  ["default", "ip-10.0.0.1", "/*"],
  ["strict", "ip-2001:db8:1:200::/56", "/api/auth/sign-in"],
  ["strict", "ip-2001:db8:1:200::/56", "DELETE /api/bots/:botId"],
  ["default", "anonymous", "/api/*"],
  ["account", "account-AbC_1-x+ip-2001:db8:1:200::/56", "/api/auth/sign-in"],
  ["account-total", "account-AbC_1-x", "/api/auth/sign-in"],
  ["mail", "account-AbC_1-x", "confirm-address"],
  ["telegram-person", `bot-${ID}+person-77`, "/api/webhooks/telegram/:botId"],
])("%s of %s on %s is read from its key", (policy, callerId, route) => {
  expect(parseThrottleKey(keys.throttle(policy, callerId, route))).toMatchObject({
    policy: { name: policy },
    callerId,
    route,
  });
});

it.each(["denyList:all", "events:1790000000", "gone:user-1:/api/x", ""])(
  "%s is no bucket of this version",
  (rest) => {
    expect(parseThrottleKey(`${keys.throttlePrefix}:${rest}`)).toBeNull();
  },
);
