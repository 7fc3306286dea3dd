import { afterAll, expect, it } from "vitest";
import { debitBonuses } from "@/lib/bonuses";
import { reconcileReferralBonus } from "@/lib/bonuses/referral-bonus";
import { AppError } from "@/lib/core/errors";
import { type Failpoint, injectFault } from "@/lib/core/failpoint";
import { db, transaction } from "@/lib/db";
import {
  balanceOf,
  grantBonuses,
  ledgerViolations,
  purchaseEntries,
} from "@/tests/support/factories/ledger-tools";
import { createTestOrder, setRefunded } from "@/tests/support/factories/orders";
import {
  createReferredBuyer,
  createTestProduct,
  expiredEvent,
  finishTasks,
  paidEventOf,
  placeTestOrder,
  refundEvent,
  runCheck,
  sendPaymentEvent,
  setOrderAge,
  stockOf,
} from "@/tests/support/factories/shop";
import { holdDeliveries, provider, stopShopServer } from "@/tests/support/factories/shop-server";
import { seededRandom } from "@/tests/support/fuzz/random";
import { runs } from "@/tests/support/fuzz/runs";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

// The tests send the events.
provider.setWebhookUrl(null);
await holdDeliveries();
afterAll(stopShopServer);

/** Hundredths of a bonus; in roubles as many minor units. */
const GRANTED = 10_000;
const USED = 3_000;
const PRICE = 8_000;

async function createBuyer() {
  const { buyer } = await createReferredBuyer();
  await grantBonuses(buyer, GRANTED);
  const product = await createTestProduct({ stock: 50, priceMinor: PRICE, currency: "RUB" });
  const place = () => placeTestOrder(buyer, { productId: product.id, bonusAmount: USED });
  return { buyer, product, place };
}

it("orders, spends and a reversed bonus of one account at the same moment never overdraw it", async () => {
  for (let round = 0; round < runs(6); round += 1) {
    const { buyer, product, place } = await createBuyer();
    // The buyer is a referrer too; the bonus of a friend's purchase is reversed meanwhile, which may go below zero.
    const { buyer: friend } = await createReferredBuyer();
    await db().user.update({ where: { id: friend.userId }, data: { referredById: buyer.userId } });
    const friends = await createTestOrder({ buyer: friend, amountMinor: 20_000 });
    const reconcile = () => transaction((tx) => reconcileReferralBonus(tx, friends));
    await reconcile();
    const spend = () =>
      debitBonuses(buyer.userId, USED).then(
        () => 200,
        (error: unknown) => (error instanceof AppError ? error.code : Promise.reject(error)),
      );
    const [orders, spends] = await Promise.all([
      Promise.all(Array.from({ length: 6 }, place)),
      Promise.all(Array.from({ length: 4 }, spend)),
      setRefunded(friends, 20_000).then(reconcile),
    ]);
    const placed = orders.filter(({ status }) => status === 201);
    expect(orders.every(({ status }) => status === 201 || status === 409)).toBe(true);
    const spent = spends.filter((outcome) => outcome === 200).length;
    expect(await ledgerViolations(buyer)).toEqual([]);
    expect(await balanceOf(buyer)).toBe(GRANTED - (placed.length + spent) * USED);
    // 12,000 hundredths before the reversal are enough for four, 10,000 after it for three.
    expect(placed.length + spent).toBeGreaterThanOrEqual(3);
    expect(placed.length + spent).toBeLessThanOrEqual(4);
    expect(await stockOf(product.id)).toBe(50 - placed.length);
  }
}, 60_000);

it("buyers who sell to each other order at the same moment, and none waits for the other", async () => {
  const [one, other] = await Promise.all([createReferredBuyer(), createReferredBuyer()]);
  const people = [one.buyer, other.buyer];
  await Promise.all(people.map((person) => grantBonuses(person, GRANTED)));
  const products = await Promise.all(
    people.map(async (person) => {
      await db().user.update({ where: { id: person.userId }, data: { role: "artist" } });
      return createTestProduct(
        { stock: 50, priceMinor: PRICE, currency: "RUB" },
        { ...person, role: "artist" },
      );
    }),
  );
  const responses = await Promise.all(
    Array.from({ length: 3 }, () =>
      people.map((person, index) =>
        placeTestOrder(person, { productId: products[1 - index]?.id ?? "", bonusAmount: USED }),
      ),
    ).flat(),
  );
  expect(responses.map(({ status }) => status)).toEqual(Array(6).fill(201));
  for (const person of people) expect(await balanceOf(person)).toBe(GRANTED - 3 * USED);
}, 30_000);

it("payment, refund, expiry, check and spends at the same moment end with the bonuses in one place", async () => {
  const random = seededRandom(Number(process.env.SEED ?? 11));
  for (let round = 0; round < runs(15); round += 1) {
    const { buyer, product, place } = await createBuyer();
    const { order } = (await place()).body;
    const paid = await paidEventOf(order);
    const isRefunded = random() < 0.5;
    const work: (() => Promise<unknown>)[] = [
      () => sendPaymentEvent(paid),
      () => sendPaymentEvent({ ...paid, id: `${paid.id}b` }),
      () => sendPaymentEvent(expiredEvent(order.id)),
      () => sendPaymentEvent(expiredEvent(order.id)),
      () => runCheck(order.id, 0),
      () => debitBonuses(buyer.userId, GRANTED - USED),
      ...(isRefunded ? [() => sendPaymentEvent(refundEvent(`pi_${order.id}`, PRICE - USED))] : []),
    ];
    await Promise.all(work.sort(() => random() - 0.5).map((act) => act()));
    await finishTasks(order.id);
    const row = await db().order.findUniqueOrThrow({ where: { id: order.id } });
    expect(await ledgerViolations(buyer)).toEqual([]);
    const entries = await purchaseEntries(order.id);
    const held = entries.reduce((sum, { amount }) => sum - amount, 0);
    const hasBonuses = row.status === "delivered";
    expect(held, JSON.stringify({ status: row.status, entries })).toBe(hasBonuses ? USED : 0);
    expect(row.bonusReturnedAt === null).toBe(hasBonuses);
    expect(await balanceOf(buyer)).toBe(hasBonuses ? 0 : USED);
    expect(await stockOf(product.id)).toBe(hasBonuses ? 49 : 50);
    if (isRefunded) expect(row.status).toBe("refunded");
  }
}, 90_000);

it.each<[string, Failpoint]>([
  ["before the commit", "shop.event.applied"],
  ["after it", "shop.event.committed"],
])("an instance that stops %s of an expiry returns the bonuses once", async (_, crashAt) => {
  const { buyer, place } = await createBuyer();
  const { order } = (await place()).body;
  let hits = 0;
  const stopInjecting = injectFault(async (failpoint) => {
    if (failpoint !== crashAt) return;
    hits += 1;
    throw new Error("stopped");
  });
  const event = expiredEvent(order.id);
  expect((await sendPaymentEvent(event)).status).toBe(500);
  stopInjecting();
  expect(hits).toBe(1);
  expect(await balanceOf(buyer)).toBe(crashAt === "shop.event.applied" ? GRANTED - USED : GRANTED);
  await sendPaymentEvent(event);
  await setOrderAge(order.id, 36);
  await runCheck(order.id, 0);
  expect((await purchaseEntries(order.id)).map(({ kind }) => kind)).toEqual([
    "purchase",
    "purchase_returned",
  ]);
  expect(await balanceOf(buyer)).toBe(GRANTED);
});

it("an account whose deletion is requested while it orders loses no order and no lock", async () => {
  const { buyer, place } = await createBuyer();
  const lockAccount = () =>
    transaction((tx) => tx.$executeRaw`SELECT 1 FROM "User" WHERE id = ${buyer.userId}::uuid FOR UPDATE`);
  const [orders] = await Promise.all([
    Promise.all(Array.from({ length: 3 }, place)),
    Promise.all(Array.from({ length: 5 }, lockAccount)),
  ]);
  expect(orders.map(({ status }) => status)).toEqual([201, 201, 201]);
});
