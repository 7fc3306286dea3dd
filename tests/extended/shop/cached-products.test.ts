import { afterAll, expect, it } from "vitest";
import { changeProfile } from "@/lib/accounts";
import { cacheManager } from "@/lib/cache";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb, transaction } from "@/lib/db";
import { keys, redis } from "@/lib/redis";
import type { ProductKind } from "@/lib/schemas/enums";
import { archiveProduct, eraseProductBatch, getProduct, listProducts } from "@/lib/shop";
import { PAST_TRUST_LEASE_MS } from "@/tests/support/clients/expect-pages-without-postgres";
import { freezeClock } from "@/tests/support/clients/freeze-clock";
import { createPerson } from "@/tests/support/factories/people";
import {
  createTestProduct,
  paymentEvent,
  placeTestOrder,
  runCheck,
  sendPaymentEvent,
  setOrderAge,
} from "@/tests/support/factories/shop";
import { holdDeliveries, provider, stopShopServer } from "@/tests/support/factories/shop-server";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/**
 * Products through the cache. The clock is frozen, so this process trusts its memory for the whole test: whatever a
 * change does not invalidate stays visible.
 */

const meter = await startStatementMeter(process.env.DATABASE_URL ?? "");
process.env.DATABASE_URL = meter.url;
// The tests send the events and run the checks.
provider.setWebhookUrl(null);
await holdDeliveries();
const clock = freezeClock();
afterAll(async () => {
  await stopShopServer();
  await disconnectDb();
  await meter.close();
});

async function cost(work: () => Promise<unknown>) {
  await waitForDeferredWork();
  currentGateway().stats.reset();
  meter.reset();
  await work();
  await waitForDeferredWork();
  return { httpCalls: currentGateway().stats.snapshot().httpRequests, statements: meter.statements };
}

const FREE = { httpCalls: 0, statements: 0 };

/** A product as the shop shows it: on its page, among all products, among its kind and among its seller's. */
async function shownProduct({
  id,
  kind,
  sellerId,
}: {
  id: string;
  kind: ProductKind;
  sellerId: string | null;
}) {
  const lists = await Promise.all([
    listProducts(),
    listProducts({ kind }),
    listProducts({ sellerId: sellerId ?? undefined }),
  ]);
  return {
    page: await getProduct(id),
    listed: lists.map(({ items }) => items.find((product) => product.id === id) ?? null),
  };
}

/** Orders a product. @returns the response's status and the order's id */
async function order(productId: string, quantity = 1): Promise<{ status: number; id: string }> {
  const { status, body } = await placeTestOrder(await createPerson(), { productId, quantity });
  return { status, id: body.order?.id ?? "" };
}

it("the shop costs no SQL until a product changes: nothing from memory, one call from Redis", async () => {
  const { id, kind, sellerId, seller } = await createTestProduct();
  const newer = await createTestProduct({}, seller);
  const missingId = newId();
  for (const read of [
    () => getProduct(id),
    () => getProduct(missingId),
    () => listProducts(),
    () => listProducts({ kind }),
    () => listProducts({ sellerId: sellerId ?? undefined }),
    () => listProducts({ cursor: newer.id }),
  ]) {
    await read();
    expect(await cost(read)).toEqual(FREE);
    clock.nowMs += PAST_TRUST_LEASE_MS;
    expect(await cost(read)).toEqual({ httpCalls: 1, statements: 0 });
  }
});

it("pages of any cursor or seller are cached only briefly, because clients can send any", async () => {
  const { id, sellerId } = await createTestProduct();
  await listProducts({ cursor: id, limit: 7 });
  await listProducts({ sellerId: sellerId ?? undefined, limit: 7 });
  await listProducts({ limit: 7 });
  const ttlOf = (member: string) => redis().ttl(keys.cacheEntry(member));
  for (const member of [`olderShop:all:all:${id}:7`, `olderShop:all:${sellerId}:newest:7`]) {
    expect(await ttlOf(member)).toBeGreaterThan(0);
    expect(await ttlOf(member)).toBeLessThanOrEqual(60);
  }
  expect(await ttlOf("shop:all:all:newest:7")).toBeGreaterThan(60);
});

it("a new product is in the shop immediately", async () => {
  const seller = await createPerson("artist");
  await shownProduct({ id: newId(), kind: "ticket", sellerId: seller.userId });
  const product = await createTestProduct({}, seller);
  const { page, listed } = await shownProduct(product);
  expect(page?.id).toBe(product.id);
  expect(listed.map((found) => found?.id)).toEqual(Array(3).fill(product.id));
});

it("an order shows in the stock immediately, the last piece as sold out", async () => {
  const product = await createTestProduct({ stock: 2 });
  for (const stock of [2, 1, 0]) {
    const { page, listed } = await shownProduct(product);
    expect([page, ...listed].map((found) => found?.stock)).toEqual(Array(4).fill(stock));
    expect((await order(product.id)).status).toBe(stock === 0 ? 409 : 201);
  }
});

it("goods that an event or a check releases are in the shop immediately", async () => {
  const product = await createTestProduct({ stock: 2 });
  const [expired, unpaid] = [await order(product.id), await order(product.id)];
  expect((await shownProduct(product)).page?.stock).toBe(0);
  const session = { id: "cs", client_reference_id: expired.id, payment_status: "unpaid" };
  expect((await sendPaymentEvent(paymentEvent("checkout.session.expired", session))).status).toBe(200);
  expect((await shownProduct(product)).page?.stock).toBe(1);
  await setOrderAge(unpaid.id, 36);
  expect((await runCheck(unpaid.id, 0)).status).toBe(200);
  expect((await shownProduct(product)).listed[0]?.stock).toBe(2);
});

it("an order is decided by Postgres, whatever stock is cached", async () => {
  const product = await createTestProduct({ stock: 1 });
  const shown = (await getProduct(product.id)) ?? expect.fail("the product is missing");
  await cacheManager.set("products", product.id, { ...shown, stock: 0 });
  expect((await order(product.id)).status).toBe(201);
  await cacheManager.set("products", product.id, { ...shown, stock: 5 });
  expect((await order(product.id)).status).toBe(409);
});

it("an order of an unlimited product invalidates nothing; one of a limited product does", async () => {
  const [unlimited, limited] = [await createTestProduct(), await createTestProduct({ stock: 9 })];
  const buyer = await createPerson();
  /** The lowest of three, since a sweep of the outbox may run during one. */
  const place = async (product: Awaited<ReturnType<typeof createTestProduct>>) => {
    const costs = [];
    for (let round = 0; round < 3; round += 1) {
      await shownProduct(product);
      costs.push(await cost(() => placeTestOrder(buyer, { productId: product.id })));
    }
    return {
      statements: Math.min(...costs.map(({ statements }) => statements)),
      httpCalls: Math.min(...costs.map(({ httpCalls }) => httpCalls)),
    };
  };
  const before = await place(unlimited);
  expect(await cost(() => shownProduct(unlimited))).toEqual(FREE);
  const after = await place(limited);
  // The stock's update and the invalidation's row; after the response, its deletion.
  expect(after.statements - before.statements).toBe(3);
  // The tags name the entries in one call; the next one deletes them.
  expect(after.httpCalls - before.httpCalls).toBe(2);
});

it("an archived product leaves the lists immediately, and its page says so", async () => {
  const product = await createTestProduct();
  await shownProduct(product);
  const authenticatedAt = new Date(clock.nowMs).toISOString();
  await archiveProduct(product.id, { ...product.seller, sessionId: newId(), authenticatedAt });
  const { page, listed } = await shownProduct(product);
  expect(page?.archived).toBe(true);
  expect(listed).toEqual([null, null, null]);
});

it("a seller's new name is on the products immediately", async () => {
  const product = await createTestProduct();
  await shownProduct(product);
  await changeProfile(product.seller, { name: "Renamed" });
  const { page, listed } = await shownProduct(product);
  expect([page, ...listed].map((found) => found?.sellerName)).toEqual(Array(4).fill("Renamed"));
});

it("a deleted account's products leave the shop immediately; sold ones stay, without the seller", async () => {
  const [product, sold] = [await createTestProduct(), await createTestProduct()];
  await order(sold.id);
  for (const { seller, ...shown } of [product, sold]) {
    await shownProduct(shown);
    expect(await eraseProductBatch(seller.userId)).toBe(1);
  }
  expect(await shownProduct(product)).toEqual({ page: null, listed: [null, null, null] });
  const { page, listed } = await shownProduct(sold);
  expect(page).toMatchObject({ archived: true, sellerId: null, sellerName: null });
  expect(listed).toEqual([null, null, null]);
});

it("a rolled-back order leaves no invalidation, and the stock as it was", async () => {
  const product = await createTestProduct({ stock: 1 });
  await waitForDeferredWork();
  await expect(
    transaction(async (tx) => {
      await tx.product.update({ where: { id: product.id }, data: { stock: 0 } });
      await cacheManager.invalidateAfterCommit(tx, [`product:${product.id}`]);
      throw new Error("rolled back");
    }),
  ).rejects.toThrow("rolled back");
  expect(await db().cacheInvalidation.count({ where: { tags: { has: `product:${product.id}` } } })).toBe(0);
  expect((await getProduct(product.id))?.stock).toBe(1);
});
