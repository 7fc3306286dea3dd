import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { GET as download } from "@/app/api/deliveries/[id]/download/route";
import { POST as admit } from "@/app/api/deliveries/admit/route";
import { POST as refund } from "@/app/api/orders/[id]/refund/route";
import { GET as readOrder } from "@/app/api/orders/[id]/route";
import { GET as listOrders } from "@/app/api/orders/route";
import { DELETE as archive, GET as readProduct } from "@/app/api/products/[id]/route";
import { POST as createProduct, GET as listProducts } from "@/app/api/products/route";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { eraseFileBatch, tidyFiles } from "@/lib/media";
import { newProductSchema } from "@/lib/schemas/product";
import { eraseProductBatch } from "@/lib/shop";
import { call } from "@/tests/support/clients/call";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import {
  createTestProduct,
  finishTasks,
  paidEvent,
  paymentEvent,
  placeTestOrder,
  readOrderAs,
  refundEvent,
  runCheck,
  sendPaymentEvent,
  setOrderAge,
  stockOf,
} from "@/tests/support/factories/shop";
import {
  holdDeliveries,
  provider,
  releaseDeliveries,
  stopShopServer,
} from "@/tests/support/factories/shop-server";
import { enableTranscoding, markReady, sineWav, uploadAndProcess } from "@/tests/support/factories/uploads";

provider.setWebhookUrl(null);
beforeEach(holdDeliveries);
afterEach(() => provider.setFaults({}));
afterAll(stopShopServer);

const TRACK = {
  kind: "track",
  title: "A track",
  description: "",
  priceMinor: 500,
  currency: "EUR",
  stock: null,
  assetUrl: "https://files.example/track.flac",
};

/** Buys a product; the order is paid and delivered. */
async function buy(input: object = {}, quantity = 1, seller?: Caller) {
  const product = await createTestProduct(input, seller);
  const buyer = await createPerson();
  const { order } = (await placeTestOrder(buyer, { productId: product.id, quantity })).body;
  const { sessionId } = await db().order.findUniqueOrThrow({ where: { id: order.id } });
  await sendPaymentEvent(paidEvent({ ...order, sessionId }));
  await finishTasks(order.id);
  const delivered = await readOrderAs(order.id, buyer);
  expect(delivered.status).toBe("delivered");
  return { product, buyer, order: delivered };
}

describe("products", () => {
  it("are created by artists and administrators", async () => {
    for (const role of ["artist", "admin"] as const) {
      const as = await createPerson(role);
      const { status, body } = await call(createProduct, { as, body: TRACK });
      expect(status).toBe(201);
      expect(body.product).toMatchObject({ title: "A track", sellerId: as.userId, archived: false });
      expect(JSON.stringify(body)).not.toContain("files.example");
    }
    expect((await call(createProduct, { as: await createPerson(), body: TRACK })).status).toBe(403);
    expect((await call(createProduct, { body: TRACK })).status).toBe(401);
  });

  it.each([
    ["priceMinor", { priceMinor: 49 }],
    ["priceMinor", { priceMinor: 100_000_000 }],
    ["priceMinor", { priceMinor: 99.5 }],
    ["currency", { currency: "XXX" }],
    ["stock", { stock: 0 }],
    ["stock", { stock: -1 }],
    ["title", { title: " " }],
    ["title", { title: "a\u0000b" }],
    ["kind", { kind: "nft" }],
    ["assetUrl", { assetUrl: null }],
    ["assetUrl", { assetUrl: "http://files.example/track.flac" }],
    ["assetUrl", { assetUrl: "javascript:alert(1)" }],
    ["assetUrl", { kind: "ticket" }],
  ])("with an invalid %s are rejected: %j", async (path, changed) => {
    const as = await createPerson("artist");
    const { status, body } = await call(createProduct, { as, body: { ...TRACK, ...changed } });
    expect(status).toBe(400);
    expect(body.error.details[0].path).toBe(path);
    expect(await db().product.count({ where: { sellerId: as.userId } })).toBe(0);
  });

  it("are listed newest first, page by page, without archived ones", async () => {
    const seller = await createPerson("artist");
    const products = [];
    for (const title of ["one", "two", "three"]) products.push(await createTestProduct({ title }, seller));
    const page = async (query: string) =>
      (await call(listProducts, { query: `?sellerId=${seller.userId}&${query}` })).body;
    const first = await page("limit=2");
    expect(first.items.map(({ title }: { title: string }) => title)).toEqual(["three", "two"]);
    const second = await page(`limit=2&cursor=${first.nextCursor}`);
    expect(second.items.map(({ title }: { title: string }) => title)).toEqual(["one"]);
    expect(second.nextCursor).toBeNull();

    const [one] = products;
    const id = one?.id ?? "";
    expect(
      (await call(archive, { as: await createPerson("artist"), params: { id }, method: "DELETE" })).status,
    ).toBe(403);
    const gone = await call(archive, { as: seller, params: { id }, method: "DELETE" });
    expect(gone.body.product.archived).toBe(true);
    expect((await page("")).items).toHaveLength(2);
    expect((await call(readProduct, { params: { id } })).body.product.archived).toBe(true);
    expect(await placeTestOrder(await createPerson(), { productId: id })).toMatchObject({
      status: 409,
    });
  });

  it("that do not exist are 404", async () => {
    expect((await call(readProduct, { params: { id: newId() } })).status).toBe(404);
  });
});

describe("an order", () => {
  it("is rejected for what cannot be bought, and nothing is reserved", async () => {
    const product = await createTestProduct({ stock: 2 });
    const expensive = await createTestProduct({ priceMinor: 50_000_000 });
    const buyer = await createPerson();
    const place = async (as: Caller, body: object) =>
      (await placeTestOrder(as, body as Parameters<typeof placeTestOrder>[1])).status;
    const productId = product.id;
    expect(await place(buyer, { productId: newId() })).toBe(404);
    expect(await place(buyer, { productId: "x" })).toBe(400);
    for (const quantity of [0, -1, 1.5, 51, "2"])
      expect(await place(buyer, { productId, quantity })).toBe(400);
    expect(await place(buyer, { productId, quantity: 3 })).toBe(409);
    expect(await place(product.seller, { productId })).toBe(403);
    expect(await place(buyer, { productId: expensive.id, quantity: 2 })).toBe(400);
    expect(await db().order.count({ where: { buyerId: buyer.userId } })).toBe(0);
    expect(await stockOf(productId)).toBe(2);
  });

  it("sent again with its client key is the same order, also concurrently", async () => {
    const { id: productId } = await createTestProduct({ stock: 10 });
    const buyer = await createPerson();
    const clientKey = newId();
    const responses = await Promise.all(
      [1, 2, 3, 4].map(() => placeTestOrder(buyer, { productId, clientKey })),
    );
    expect(responses.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    responses.push(await placeTestOrder(buyer, { productId }, { "idempotency-key": clientKey }));
    expect(new Set(responses.map(({ body }) => body.order.id)).size).toBe(1);
    expect(new Set(responses.map(({ body }) => body.checkoutUrl)).size).toBe(1);
    expect(await stockOf(productId)).toBe(9);

    expect((await placeTestOrder(buyer, { productId, quantity: 2, clientKey })).status).toBe(409);
    expect((await placeTestOrder(await createPerson(), { productId, clientKey })).status).toBe(201);
    expect((await placeTestOrder(buyer, { productId }, { "idempotency-key": "k".repeat(101) })).status).toBe(
      400,
    );
  });

  it("sent several times concurrently for the last unit is one order, and not sold out", async () => {
    const { id: productId } = await createTestProduct({ stock: 1 });
    const buyer = await createPerson();
    const clientKey = newId();
    const responses = await Promise.all(
      [1, 2, 3, 4].map(() => placeTestOrder(buyer, { productId, clientKey })),
    );
    expect(responses.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(responses.map(({ body }) => body.order.id)).size).toBe(1);
    expect(await stockOf(productId)).toBe(0);
  });

  it("while payments are down is rejected in the buyer's language, and cleaned up", async () => {
    const { id: productId } = await createTestProduct({ stock: 1 });
    const buyer = await createPerson();
    const clientKey = newId();
    provider.setFaults({ api: { kind: "error" } });
    const ru = await placeTestOrder(buyer, { productId, clientKey });
    expect(ru).toMatchObject({
      status: 503,
      body: { error: { message: expect.stringMatching(/^Оплата сейчас не работает/) } },
    });
    const en = await placeTestOrder(buyer, { productId, clientKey }, { "accept-language": "en" });
    expect(en).toMatchObject({
      status: 503,
      body: { error: { message: expect.stringMatching(/^Payments do not work/) } },
    });
    expect(en.headers.get("retry-after")).toBe("30");

    provider.setFaults({});
    const { id } = await db().order.findFirstOrThrow({ where: { buyerId: buyer.userId } });
    await runCheck(id, 0);
    expect((await readOrderAs(id, buyer)).status).toBe("failed");
    expect(await stockOf(productId)).toBe(1);
  });

  it("whose checkout was opened with a lost response gets the same checkout", async () => {
    const { id: productId } = await createTestProduct({ stock: 1 });
    const buyer = await createPerson();
    const clientKey = newId();
    const before = provider.stats().sessions;
    provider.setFaults({ api: { kind: "lost", times: 2, method: "POST" } });
    expect((await placeTestOrder(buyer, { productId, clientKey })).status).toBe(503);
    expect((await placeTestOrder(buyer, { productId, clientKey })).body.checkoutUrl).toMatch(/^http/);
    expect(provider.stats().sessions - before).toBe(1);
  });

  it("that the provider rejects fails immediately", async () => {
    const { id: productId } = await createTestProduct({ stock: 1 });
    const buyer = await createPerson();
    const clientKey = newId();
    provider.setFaults({ api: { kind: "error" } });
    await placeTestOrder(buyer, { productId, clientKey });
    provider.setFaults({});
    const { id } = await db().order.findFirstOrThrow({ where: { buyerId: buyer.userId } });
    // The provider rejects a checkout that would expire so soon.
    await setOrderAge(id, 20);
    expect((await placeTestOrder(buyer, { productId, clientKey })).status).toBe(503);
    expect((await readOrderAs(id, buyer)).status).toBe("failed");
    expect(await stockOf(productId)).toBe(1);
  });

  it("is visible to its buyer, in part to its seller once paid, and to administrators", async () => {
    const { product, buyer, order } = await buy();
    const read = async (as: Caller) => call(readOrder, { as, params: { id: order.id } });
    expect((await read(await createPerson())).status).toBe(404);
    expect((await read(product.seller)).body.order).toMatchObject({
      viewedAs: "seller",
      buyerName: buyer.name,
      deliveries: [],
      checkoutUrl: null,
    });
    expect((await read(await createPerson("admin"))).body.order.deliveries).toHaveLength(1);
    expect(order.buyerName).toBeNull();

    const list = async (as: Caller, query = "") => (await call(listOrders, { as, query })).body.items;
    expect(await list(buyer)).toMatchObject([{ id: order.id }]);
    expect(await list(product.seller)).toEqual([]);
    expect(await list(product.seller, "?as=seller")).toMatchObject([{ id: order.id }]);

    const other = await createPerson();
    const unpaid = (await placeTestOrder(other, { productId: product.id })).body.order;
    expect(await list(product.seller, "?as=seller")).toHaveLength(1);
    expect((await call(readOrder, { as: product.seller, params: { id: unpaid.id } })).status).toBe(404);
  });

  it("that is delivered sends a notification and a mail to both sides", async () => {
    await releaseDeliveries();
    const { product, buyer, order } = await buy();
    const kinds = async ({ userId }: Caller) =>
      (await db().notification.findMany({ where: { userId } })).map(({ kind }) => kind);
    await waitUntil("both have their notification", async () => {
      return (await kinds(buyer)).includes("delivered") && (await kinds(product.seller)).includes("sale");
    });
    await waitUntil("the mails are sent", async () => {
      const mails = await db().task.findMany({
        where: { queue: "emails", ownerId: { in: [buyer.userId, product.seller.userId] } },
      });
      expect(mails.filter(({ state }) => state === "dead")).toEqual([]);
      return mails.length === 2 && mails.every(({ state }) => state === "done");
    });
    expect(order.tasks.every(({ queue }) => queue !== "emails")).toBe(true);
  });
});

describe("a download", () => {
  it("is open to its buyer and to anyone with its code, until a refund", async () => {
    const { buyer, order } = await buy({ ...TRACK, stock: 3 });
    const [delivery] = order.deliveries;
    const id = delivery?.id ?? "";
    const open = (options: { as?: Caller; query?: string }) => call(download, { params: { id }, ...options });
    const query = new URL(delivery?.downloadUrl ?? "", "http://shop").search;
    expect(delivery?.code).toBeNull();
    for (const options of [{ as: buyer }, { query }]) {
      const response = await open(options);
      expect(response.status).toBe(302);
      expect(response.headers.get("location")).toBe(TRACK.assetUrl);
    }
    expect((await open({})).status).toBe(404);
    expect((await open({ as: await createPerson() })).status).toBe(404);
    expect((await open({ query: "?code=00000-00000-00000-00000-00000" })).status).toBe(404);

    await sendPaymentEvent(refundEvent(`pi_${order.id}`, order.amountMinor));
    expect((await open({ as: buyer })).status).toBe(404);
    expect((await open({ query })).status).toBe(404);
    expect((await readOrderAs(order.id, buyer)).deliveries[0]?.downloadUrl).toBeNull();
  });

  it("redirects to an encoded URL for an address in another alphabet", async () => {
    const { buyer, order } = await buy({ ...TRACK, assetUrl: "https://музыка.example/трек 1.flac" });
    const response = await call(download, { as: buyer, params: { id: order.deliveries[0]?.id ?? "" } });
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe(
      `https://xn--80anjg9azc.example/${encodeURIComponent("трек 1.flac")}`,
    );
  });

  it("of a file of this site, such as the demo's, redirects to it", async () => {
    const { product, buyer, order } = await buy(TRACK);
    await db().product.update({ where: { id: product.id }, data: { assetUrl: "/demo/snow-on-nevsky.wav" } });
    const open = () => call(download, { as: buyer, params: { id: order.deliveries[0]?.id ?? "" } });
    const response = await open();
    expect([response.status, response.headers.get("location")]).toEqual([
      302,
      `${process.env.APP_URL}/demo/snow-on-nevsky.wav`,
    ]);
    await db().product.update({ where: { id: product.id }, data: { assetUrl: "https://" } });
    expect((await open()).status).toBe(404);
    // This buyer has no referrer.
    expect(order.tasks.map(({ queue }) => queue)).not.toContain("referral-bonuses");
  });

  it.each([
    "http://music.example/a.flac",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "//music.example/a.flac",
    "/a.flac",
    "https://user:password@music.example/a.flac",
    "https://user@music.example/a.flac",
    "https://",
  ])("cannot be created with the URL %s", (assetUrl) => {
    const product = { ...TRACK, title: "A track", priceMinor: 500, currency: "EUR", assetUrl };
    expect(newProductSchema.safeParse({ ...product, assetUrl: TRACK.assetUrl }).success).toBe(true);
    expect(newProductSchema.safeParse(product).success).toBe(false);
  });

  it("of an uploaded sound is the seller's bytes, in parts too, and stays when the seller is gone", async () => {
    enableTranscoding();
    const seller = await createPerson("artist");
    const bytes = sineWav({ seconds: 1 });
    const audioFileId = await uploadAndProcess(seller, "audio", bytes, "01 MASTER v3.wav");
    const input = { kind: "track", title: "Летний вечер / remix", audioFileId } as const;
    const waiting = await createTestProduct(input, seller);
    const early = await placeTestOrder(await createPerson(), { productId: waiting.id });
    expect([early.status, early.body.error.code]).toEqual([409, "conflict"]);
    await markReady(audioFileId);

    const { order } = await buy(input, 1, seller);
    const [delivery] = order.deliveries;
    const query = new URL(delivery?.downloadUrl ?? "", "http://shop").search;
    const open = async (headers: Record<string, string> = {}) => {
      const request = new Request(`http://shop/${query}`, { headers });
      const response = await download(request, { params: Promise.resolve({ id: delivery?.id ?? "" }) });
      return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
    };
    const expectWhole = async () => {
      const whole = await open();
      expect(whole.response.status).toBe(200);
      expect(Buffer.from(whole.bytes)).toEqual(Buffer.from(bytes));
      expect(Object.fromEntries(whole.response.headers)).toMatchObject({
        "content-type": "audio/wav",
        "content-length": String(bytes.length),
        "cache-control": "no-store",
        "content-disposition": expect.stringMatching(
          /^attachment; filename=".+\.wav"; filename\*=UTF-8''%D0%9B.+_%20remix\.wav$/,
        ),
      });
    };
    await expectWhole();
    const part = await open({ range: "bytes=100-199" });
    expect([part.response.status, part.response.headers.get("content-range")]).toEqual([
      206,
      `bytes 100-199/${bytes.length}`,
    ]);
    expect(Buffer.from(part.bytes)).toEqual(Buffer.from(bytes.subarray(100, 200)));

    while ((await eraseProductBatch(seller.userId)) > 0);
    while ((await eraseFileBatch(seller.userId)) > 0);
    await waitForDeferredWork();
    await tidyFiles();
    expect(await db().mediaFile.findUniqueOrThrow({ where: { id: audioFileId } })).toMatchObject({
      ownerId: null,
      name: "",
    });
    await expectWhole();
    await sendPaymentEvent(refundEvent(`pi_${order.id}`, order.amountMinor));
    expect((await open()).response.status).toBe(404);
  });

  it("redirects only to https, whatever the row contains", async () => {
    const { product, buyer, order } = await buy(TRACK);
    for (const assetUrl of ["javascript:alert(1)", "data:text/html,x", "https://user:pw@music.example/a"]) {
      await db().product.update({ where: { id: product.id }, data: { assetUrl } });
      const response = await call(download, { as: buyer, params: { id: order.deliveries[0]?.id ?? "" } });
      expect([assetUrl, response.status, response.headers.get("location")]).toEqual([assetUrl, 404, null]);
    }
  });
});

describe("a failed refund", () => {
  const requestRefund = async (as: Caller, id: string) =>
    (await call(refund, { as, params: { id }, body: { amountMinor: 2_000 } })).body.task.id;
  const boardOf = async (orderId: string) =>
    (await db().rankedSale.findUnique({ where: { orderId } }))?.amountMinor;

  it("may be requested again, as another refund", async () => {
    const { product, order } = await buy();
    const first = await requestRefund(product.seller, order.id);
    expect(await requestRefund(product.seller, order.id)).toBe(first);
    await sendPaymentEvent(refundEvent(`pi_${order.id}`, 2_000, { status: "failed", type: "refund.failed" }));
    expect(await requestRefund(product.seller, order.id)).not.toBe(first);
  });

  it("no longer counts, even if the charge reported it; leaderboards follow each time", async () => {
    const { order } = await buy();
    const intent = `pi_${order.id}`;
    const refundedNow = async () =>
      (await db().order.findUniqueOrThrow({ where: { id: order.id } })).refundedMinor;
    for (const id of [newId(), newId()]) {
      await sendPaymentEvent(refundEvent(intent, 2_000, { id: `re_${id}` }));
      const sum = { id: `ch_${order.id}`, payment_intent: intent, amount_refunded: 2_000 };
      await sendPaymentEvent(paymentEvent("charge.refunded", { ...sum, metadata: { orderId: order.id } }));
      expect(await refundedNow()).toBe(2_000);
      await finishTasks(order.id);
      expect(await boardOf(order.id)).toBe(3_000);
      await sendPaymentEvent(
        refundEvent(intent, 2_000, { id: `re_${id}`, status: "failed", type: "refund.failed" }),
      );
      expect(await refundedNow()).toBe(0);
      await finishTasks(order.id);
      expect(await boardOf(order.id)).toBe(5_000);
    }
  });
});

describe("a ticket", () => {
  it("with a code that cannot be stored is unknown", async () => {
    const as = await createPerson("artist");
    for (const code of ["7ZK2M\u0000", "7ZK2M\ud800"]) {
      expect((await call(admit, { as, body: { code } })).status).toBe(400);
    }
  });

  it("is admitted once, by its seller", async () => {
    const { product, buyer, order } = await buy({ stock: 5 }, 2);
    const [first, second] = order.deliveries.map(({ code }) => code ?? "");
    const present = (as: Caller, code = "") => call(admit, { as, body: { code } });
    expect((await present(buyer, first)).status).toBe(404);
    expect((await present(await createPerson("artist"), first)).status).toBe(404);
    expect((await present(product.seller, "00000-00000")).status).toBe(404);
    const both = await Promise.all([
      present(product.seller, first),
      present(product.seller, first?.toLowerCase()),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await readOrderAs(order.id, buyer)).deliveries[0]?.usedAt).not.toBeNull();

    await sendPaymentEvent(refundEvent(`pi_${order.id}`, order.amountMinor));
    expect((await present(product.seller, second)).status).toBe(409);
    expect(await stockOf(product.id)).toBe(4);
  });
});
