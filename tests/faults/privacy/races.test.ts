import { afterAll, expect, it } from "vitest";
import { POST as spendBonus } from "@/app/api/bonuses/spend/route";
import { PATCH as changeMe, DELETE as deleteMe } from "@/app/api/me/route";
import { POST as refund } from "@/app/api/orders/[id]/refund/route";
import { POST as publishPost } from "@/app/api/posts/route";
import { POST as view } from "@/app/api/posts/view/route";
import { POST as sell } from "@/app/api/products/route";
import { task as countEvents } from "@/lib/analytics/analytics.task";
import { addEntry } from "@/lib/bonuses/ledger";
import { reconcileReferralBonus } from "@/lib/bonuses/referral-bonus";
import type { Caller } from "@/lib/core/access-token";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { syncRankedSale } from "@/lib/leaderboards/ranked-sale";
import { startSession } from "@/lib/sessions";
import { backgroundTaskService, enqueue } from "@/lib/tasks";
import { syncViews } from "@/lib/views";
import { call } from "@/tests/support/clients/call";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import { tablesContaining } from "@/tests/support/clients/tables-containing";
import { TEST_PASSWORD } from "@/tests/support/factories/accounts";
import { finishErasure } from "@/tests/support/factories/erasures";
import { createNamedUser } from "@/tests/support/factories/full-account";
import { createTestOrder } from "@/tests/support/factories/orders";
import { createPeople, createPerson, createTestPost, persistedViews } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";
import { createTestProduct, placeTestOrder } from "@/tests/support/factories/shop";
import { provider, stopShopServer } from "@/tests/support/factories/shop-server";
import { pick, seededRandom } from "@/tests/support/fuzz/random";
import { runs } from "@/tests/support/fuzz/runs";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

provider.setWebhookUrl(null);
afterAll(stopShopServer);

const erase = (as: Caller) => call(deleteMe, { method: "DELETE", as, body: { password: TEST_PASSWORD } });

/** The HTTP status that a call outside a route would produce: its AppError's, or 200. */
async function statusOf(act: Promise<unknown>): Promise<number> {
  try {
    await act;
    return 200;
  } catch (error) {
    if (error instanceof AppError) return error.status;
    throw error;
  }
}

/** A user with one row of most kinds, and the users related to them. */
async function createScene() {
  const [person, [viewer, buyer, brought, seller]] = await Promise.all([createNamedUser(), createPeople(4)]);
  await db().user.update({ where: { id: seller.userId }, data: { role: "artist" } });
  await db().user.update({ where: { id: brought.userId }, data: { referredById: person.userId } });
  const [post, otherPost, limited, unlimited, theirs, order, sold] = await Promise.all([
    createTestPost(person),
    createTestPost(seller),
    createTestProduct({ stock: 5 }, person),
    createTestProduct({ kind: "track", assetUrl: "https://files.example/a.flac" }, person),
    createTestProduct({ stock: 5 }, seller),
    createTestOrder({ buyer: brought, seller, amountMinor: 5_000 }),
    createTestOrder({ buyer, seller: person, amountMinor: 700 }),
  ]);
  await db().order.update({ where: { id: sold }, data: { paymentIntentId: `pi_${sold}` } });
  await transaction((tx) =>
    addEntry(tx, { userId: person.userId, kind: "granted", amount: 1_000, key: `granted:${newId()}` }),
  );
  // Signed in beforehand: otherwise the deletion wins before the first concurrent operation starts.
  await Promise.all([person, viewer, buyer, seller].map(accessTokenFor));
  return { person, viewer, buyer, seller, post, otherPost, limited, unlimited, theirs, order, sold };
}

type Scene = Awaited<ReturnType<typeof createScene>>;

/** Operations that may run concurrently with a deletion. Each returns its status. */
const operations: Record<string, (scene: Scene) => Promise<number>> = {
  "an order of a product with limited stock": async ({ buyer, limited }) =>
    (await placeTestOrder(buyer, { productId: limited.id })).status,
  "an order of a product with unlimited stock": async ({ buyer, unlimited }) =>
    (await placeTestOrder(buyer, { productId: unlimited.id })).status,
  "an order by the user": async ({ person, theirs }) =>
    (await placeTestOrder(person, { productId: theirs.id })).status,
  "a view of the user's post": async ({ viewer, post }) =>
    (await call(view, { as: viewer, body: { postId: post } })).status,
  "a view by the user": async ({ person, otherPost }) =>
    (await call(view, { as: person, body: { postId: otherPost } })).status,
  "a sync": () => statusOf(syncViews({ source: "script" })),
  "a post": async ({ person }) => (await call(publishPost, { as: person, body: { title: "New" } })).status,
  "a product": async ({ person }) =>
    (
      await call(sell, {
        as: person,
        body: { kind: "ticket", title: "New", priceMinor: 500, currency: "EUR" },
      })
    ).status,
  "a bonus": ({ order }) => statusOf(transaction((tx) => reconcileReferralBonus(tx, order))),
  "a spend": async ({ person }) => (await call(spendBonus, { as: person, body: { amount: 10 } })).status,
  "a ranked sale": ({ sold }) => statusOf(syncRankedSale(sold)),
  "a sale notification": async ({ sold }) => {
    const { id } = await transaction((tx) =>
      enqueue(tx, "supplier-notifications", { orderId: sold, event: "sold" }, { key: newId() }),
    );
    return (await deliverTask("supplier-notifications", id)).status;
  },
  "a refund": async ({ person, sold }) =>
    (await call(refund, { as: person, params: { id: sold }, body: { reason: "duplicate" } })).status,
  "a notification": async ({ person }) => {
    const id = await backgroundTaskService.sendNotification(person.userId, "Hello", "There");
    return (await deliverTask("notifications", id)).status;
  },
  "an event": ({ person }) =>
    statusOf(
      countEvents({
        events: [
          { id: newId(), userId: person.userId, name: "e", properties: {}, at: new Date().toISOString() },
        ],
      }),
    ),
  "a sign-in": ({ person }) => statusOf(startSession(person, { ip: null, userAgent: null })),
  "a new name": async ({ person }) =>
    (await call(changeMe, { method: "PATCH", as: person, body: { name: "Somebody else" } })).status,
  "another deletion": async ({ person }) => (await erase(person)).status,
};

/**
 * What a deleted account may leave: its id in the audit log and in its session generation, and its name in its last
 * mail.
 */
const MAY_STAY = /^(AuditEntry|SessionGeneration|Task): /;

it("concurrent with any operation, an account is erased completely or not at all, and nothing fails", async () => {
  const random = seededRandom(Number(process.env.SEED ?? 11));
  const seen = new Set<string>();
  for (let round = 0; round < runs(25); round += 1) {
    const scene = await createScene();
    const { person, seller, post, otherPost, limited, unlimited, sold } = scene;
    const names = Object.keys(operations).filter(() => random() < 0.5);
    // Sometimes the deletion gets a head start (ms).
    const headStart = pick([0, 0, 5, 15, 30], random);
    const running = erase(person);
    await new Promise((resolve) => setTimeout(resolve, headStart));
    const statuses = await Promise.all(
      names.map(async (name) => [name, await operations[name]?.(scene)] as const),
    );
    const deletion = await running;
    await finishErasure(person.userId);
    const context = `round ${round}: ${deletion.status} with ${JSON.stringify(statuses)}`;
    for (const [, status] of statuses) expect(status, context).toBeLessThan(500);
    expect([200, 409, 401], context).toContain(deletion.status);
    await syncViews({ source: "script" });

    const left = await db().user.findUnique({ where: { id: person.userId } });
    seen.add(left ? "stays" : "goes");
    if (left) {
      expect(deletion.status, context).toBe(409);
      expect(await db().post.findUnique({ where: { id: post } }), context).not.toBeNull();
      for (const { id } of [limited, unlimited]) {
        expect(await db().product.findUnique({ where: { id } }), context).toMatchObject({
          sellerId: person.userId,
          archivedAt: null,
        });
      }
    } else {
      const stays = await tablesContaining(person.userId);
      expect(
        stays.filter((where) => !MAY_STAY.test(where)),
        context,
      ).toEqual([]);
      // The user's last mail, unless it was sent meanwhile.
      expect([[], ["Task: 1"]], context).toContainEqual(await tablesContaining(person.email));
      const tasks = await db().task.findMany({ where: { ownerId: person.userId } });
      expect(tasks, context).toEqual([]);
      expect(await db().post.findUnique({ where: { id: post } }), context).toBeNull();
      expect(await db().order.findUnique({ where: { id: sold } }), context).toMatchObject({ sellerId: null });
      // The user's products cannot be bought, and no payment to the erased seller is pending.
      const products = await db().product.findMany({ where: { id: { in: [limited.id, unlimited.id] } } });
      for (const product of products) expect(product.archivedAt, context).not.toBeNull();
      const pendingOrders = await db().order.count({
        where: {
          OR: [{ productId: { in: [limited.id, unlimited.id] } }, { id: sold }],
          status: { in: ["pending", "paid"] },
        },
      });
      expect(pendingOrders, context).toBe(0);
    }
    const { views, rows, base } = await persistedViews(otherPost);
    expect(views, context).toBe(rows + base);
    expect(await db().user.count({ where: { id: seller.userId } }), context).toBe(1);
  }
  expect([...seen].sort()).toEqual(["goes", "stays"]);
});

it("users who bought from, viewed and referred each other can all erase their accounts concurrently", async () => {
  for (let round = 0; round < 4; round += 1) {
    const people = await Promise.all(Array.from({ length: 6 }, () => createNamedUser()));
    const posts = await Promise.all(people.map((person) => createTestPost(person)));
    const stranger = await createPerson("artist");
    const kept = await createTestPost(stranger);
    for (const [index, person] of people.entries()) {
      const next = people[(index + 1) % people.length] ?? person;
      await db().user.update({ where: { id: person.userId }, data: { referredById: next.userId } });
      const product = await createTestProduct({}, next);
      const id = await createTestOrder({ buyer: person, seller: next, amountMinor: 100 });
      await db().order.update({ where: { id }, data: { productId: product.id } });
      for (const postId of [...posts, kept]) await call(view, { as: person, body: { postId } });
    }
    await syncViews({ source: "script" });
    await Promise.all(people.map(accessTokenFor));
    const responses = await Promise.all(people.map(erase));
    expect(responses.map(({ status }) => status)).toEqual(people.map(() => 200));
    await Promise.all(people.map(({ userId }) => finishErasure(userId)));
    expect(await db().user.count({ where: { id: { in: people.map(({ userId }) => userId) } } })).toBe(0);
    expect(await persistedViews(kept)).toEqual({ views: 6, rows: 6, base: 0 });
  }
});
