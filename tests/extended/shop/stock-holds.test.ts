import { afterAll, afterEach, expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import { db } from "@/lib/db";
import { CHECKOUT_TTL_MINUTES } from "@/lib/shop/checkout";
import { stripe } from "@/lib/shop/stripe";
import { balanceOf, grantBonuses } from "@/tests/support/factories/ledger-tools";
import { createPerson } from "@/tests/support/factories/people";
import { createTestProduct, placeTestOrder, runCheck, stockOf } from "@/tests/support/factories/shop";
import { holdDeliveries, provider, stopShopServer } from "@/tests/support/factories/shop-server";

// The provider sends no events: without the one of the expiry, goods are held the longest.
provider.setWebhookUrl(null);
await holdDeliveries();
let restoreClock = () => {};
afterEach(() => restoreClock());
afterAll(stopShopServer);

/** For the clocks of the provider and of the app to differ by. */
const SKEW_SECONDS = 15;
const TTL_SECONDS = CHECKOUT_TTL_MINUTES * 60;

it("an unpaid order holds its goods and bonuses as long as its checkout is open, and no longer", async () => {
  const buyer = await createPerson();
  await grantBonuses(buyer, 1_000);
  const { id: productId } = await createTestProduct({ stock: 1, priceMinor: 5_000, currency: "RUB" });
  const { order } = (await placeTestOrder(buyer, { productId, bonusAmount: 1_000 })).body;
  const placedAt = Date.parse(order.createdAt);
  const setAge = (seconds: number) => {
    restoreClock();
    restoreClock = setClock({ now: () => placedAt + seconds * 1_000 });
  };
  const session = async () => {
    const { sessionId } = await db().order.findUniqueOrThrow({ where: { id: order.id } });
    return stripe().checkout.sessions.retrieve(sessionId ?? "");
  };
  const held = async () => ({
    ...{ status: (await db().order.findUniqueOrThrow({ where: { id: order.id } })).status },
    ...{ stock: await stockOf(productId), bonuses: 1_000 - (await balanceOf(buyer)) },
  });
  expect((await session()).expires_at).toBe(Math.floor(placedAt / 1_000) + TTL_SECONDS);

  // Checks find the checkout open, and the next one is due when it ends, however many there were.
  let round = 0;
  for (const age of [90, 270, 690, 1_590, TTL_SECONDS - 1]) {
    setAge(age);
    const before = Date.now();
    expect((await runCheck(order.id, round)).status).toBe(200);
    round += 1;
    const next = await db().task.findUniqueOrThrow({
      where: { queue_key: { queue: "payments", key: `check:${order.id}:${round}` } },
    });
    const waitSeconds = Math.floor((next.notBefore.getTime() - before) / 1_000);
    expect(age + waitSeconds, `after ${age} s`).toBeLessThanOrEqual(TTL_SECONDS + SKEW_SECONDS + 1);
    expect(await held()).toEqual({ status: "pending", stock: 0, bonuses: 1_000 });
  }

  setAge(TTL_SECONDS + SKEW_SECONDS);
  expect((await runCheck(order.id, round)).status).toBe(200);
  expect(await held()).toEqual({ status: "failed", stock: 1, bonuses: 0 });
  // The page cannot be paid any more for what others may buy by now.
  expect((await session()).status).toBe("expired");
  restoreClock();
  expect((await placeTestOrder(await createPerson(), { productId })).status).toBe(201);
});
