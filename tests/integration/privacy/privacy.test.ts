import { describe, expect, it } from "vitest";
import { GET as exportMe } from "@/app/api/me/export/route";
import { DELETE as deleteMe, GET as me } from "@/app/api/me/route";
import { GET as readPost } from "@/app/api/posts/[id]/route";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { accountExportSchema } from "@/lib/privacy";
import { exportAccount } from "@/lib/privacy/export-account";
import { sectionSchemas } from "@/lib/privacy/export-schema";
import { notificationDataSchemas } from "@/lib/schemas/notification-kinds";
import { call } from "@/tests/support/clients/call";
import { TEST_PASSWORD } from "@/tests/support/factories/accounts";
import { createFullAccount, createNamedUser } from "@/tests/support/factories/full-account";
import { createTestOrder } from "@/tests/support/factories/orders";
import { createTestPost } from "@/tests/support/factories/people";
import { expirePasswordConfirmation, startTestSession } from "@/tests/support/factories/sessions";

const erase = (person: Parameters<typeof call>[1] & object, password = TEST_PASSWORD) =>
  call(deleteMe, { method: "DELETE", body: { password }, ...person });

describe("GET /api/me/export", () => {
  it("has all data of and about the user, and no one else's", async () => {
    const { person, others, posts, orders, chats } = await createFullAccount();
    const response = await call(exportMe, { as: person, headers: { "x-forwarded-for": "192.0.2.1" } });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w.-]+\.json"$/);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const exported = accountExportSchema.parse(response.body);
    for (const name of Object.keys(sectionSchemas)) {
      expect(exported[name as keyof typeof sectionSchemas].length, name).toBeGreaterThan(0);
    }
    expect(exported.profile).toMatchObject({ id: person.userId, email: person.email, name: person.name });
    expect(exported.referrals).toMatchObject({ joined: 1, invitedBy: others.referrer.name });
    expect(exported.posts).toMatchObject([{ id: posts.own, title: "My track", tags: ["mine"], views: 1 }]);
    expect(exported.views).toMatchObject([{ postId: posts.seen }]);
    expect(exported.products.map(({ title }) => title).sort()).toEqual(["Sold", "Unsold"]);
    expect(exported.purchases).toMatchObject([
      {
        id: orders.purchase.id,
        sellerName: others.seller.name,
        deliveries: [{ code: orders.purchase.delivery.code }],
      },
    ]);
    expect(exported.sales).toMatchObject([{ id: orders.sale.id, buyerName: others.buyer.name }]);
    expect(exported.chats.map(({ kind, title, role }) => [kind, title, role]).sort()).toEqual([
      ["direct", others.seller.name, "member"],
      ["group", "A group", "member"],
      ["group", "A group", "owner"],
    ]);
    expect(exported.chatMessages.map(({ text }) => text)).toEqual([
      `My words, @${others.viewer.name}`,
      "Words for two",
      "Parting words",
    ]);
    expect(exported.chatReactions).toMatchObject([{ messageId: chats.reply, emoji: "🔥" }]);
    const audit = Object.fromEntries(exported.audit.map((entry) => [entry.action, entry]));
    expect(audit.name_changed).toMatchObject({ byYou: true, ip: "203.0.113.9" });
    expect(audit.sign_in_failed).toMatchObject({ byYou: false, ip: "203.0.113.9" });
    expect(audit.role_changed).toMatchObject({ byYou: false, ip: null, data: { role: "artist" } });
    expect(audit.account_exported).toMatchObject({ byYou: true });

    const text = JSON.stringify(response.body);
    // The code of a sale is the buyer's; other users appear only by name; hashes are never exported.
    const { passwordHash } = await db().user.findUniqueOrThrow({ where: { id: person.userId } });
    const sessions = await db().session.findMany({ where: { userId: person.userId } });
    const secrets = [orders.sale.delivery.code, passwordHash, ...sessions.map(({ tokenHash }) => tokenHash)];
    const strangers = Object.values(others).flatMap(({ userId }) => [userId, `${userId}@test.example`]);
    for (const secret of [...secrets, ...strangers]) expect(text).not.toContain(secret);
  });

  it("exports lists longer than a page, each row once, while rows change", async () => {
    const person = await createNamedUser();
    const rows = Array.from({ length: 1_203 }, (_, n) => ({
      ...{ id: newId(), userId: person.userId, kind: "general", key: newId(), title: `No. ${n}` },
    }));
    await db().notification.createMany({ data: rows });
    let text = "";
    let isAdded = false;
    for await (const chunk of await exportAccount(person.userId)) {
      text += chunk;
      // No chunk contains the whole list.
      expect(chunk.length).toBeLessThan(200_000);
      if (!isAdded && chunk.includes("No. 499")) {
        isAdded = true;
        await db().notification.delete({ where: { id: rows[1]?.id ?? "" } });
        await db().notification.create({
          data: { id: newId(), userId: person.userId, kind: "general", key: newId(), title: "Late" },
        });
      }
    }
    const { notifications } = accountExportSchema.parse(JSON.parse(text));
    expect(notifications.map(({ title }) => title)).toEqual([...rows.map(({ title }) => title), "Late"]);
  });

  it("is a complete document for an empty account, and 401 for an anonymous caller", async () => {
    const person = await createNamedUser("listener");
    const { body } = await call(exportMe, { as: person });
    expect(accountExportSchema.parse(body)).toMatchObject({ posts: [], purchases: [], links: [] });
    expect((await call(exportMe)).status).toBe(401);
  });
});

describe("DELETE /api/me", () => {
  it("requires the password and a recent confirmation, otherwise nothing happens", async () => {
    const person = await createNamedUser("listener");
    const wrong = await erase({ as: person }, "not this one");
    expect(wrong.status).toBe(400);
    expect(wrong.body.error.details).toMatchObject([{ path: "password" }]);
    expect((await call(deleteMe, { method: "DELETE", as: person, body: {} })).status).toBe(400);
    expect((await call(deleteMe, { method: "DELETE", body: { password: TEST_PASSWORD } })).status).toBe(401);
    const old = await startTestSession(person);
    await expirePasswordConfirmation(old.session.id);
    const stale = await erase({ token: old.accessToken });
    expect([stale.status, stale.body.error.code]).toEqual([403, "fresh_sign_in_required"]);
    expect((await call(me, { as: person })).status).toBe(200);
  });

  describe("is rejected with the order while a payment or refund is pending", () => {
    it.each([
      ["a pending order", "pending", {}],
      ["a failed order that can still be paid", "failed", { checkoutUrl: "https://pay.example/1" }],
      ["a paid order that is not delivered", "paid", {}],
    ] as const)("%s, the buyer and the seller", async (_, status, data) => {
      const [buyer, seller] = [await createNamedUser("listener"), await createNamedUser()];
      const post = await createTestPost(seller);
      const id = await createTestOrder({ buyer, seller, amountMinor: 100, status });
      await db().order.update({ where: { id }, data });
      for (const person of [buyer, seller]) {
        const response = await erase({ as: person });
        expect([response.status, response.body.error.code]).toEqual([409, "conflict"]);
        expect(response.body.error.details).toEqual([{ path: `orders.${id}`, message: "A licence" }]);
        expect((await call(me, { as: person })).status).toBe(200);
      }
      expect((await call(readPost, { params: { id: post } })).status).toBe(200);
      await db().order.update({ where: { id }, data: { status: "failed", checkoutUrl: null } });
      expect((await erase({ as: buyer })).status).toBe(200);
      expect((await erase({ as: seller })).status).toBe(200);
    });

    it("a refund in progress", async () => {
      const [buyer, seller] = [await createNamedUser("listener"), await createNamedUser()];
      const id = await createTestOrder({ buyer, seller, amountMinor: 100 });
      const task = await db().task.create({
        data: {
          ...{ id: newId(), queue: "payments", key: newId(), version: 1, subject: `order:${id}` },
          payload: { action: "refund", orderId: id, reason: "duplicate" },
          ...{
            state: "published",
            dueAt: new Date(Date.now() + 3_600_000),
            deadlineAt: new Date(Date.now() + 7_200_000),
          },
        },
      });
      expect((await erase({ as: buyer, headers: { "accept-language": "en" } })).body.error.message).toMatch(
        /on its way back/,
      );
      expect((await erase({ as: seller })).status).toBe(409);
      await db().task.update({ where: { id: task.id }, data: { state: "done" } });
      expect((await erase({ as: seller })).status).toBe(200);
    });
  });

  it("keeps the last administrator, also for two concurrent deletions", async () => {
    await db().user.updateMany({ where: { role: "admin" }, data: { role: "artist" } });
    const [one, two] = [await createNamedUser("admin"), await createNamedUser("admin")];
    const responses = await Promise.all([erase({ as: one }), erase({ as: two })]);
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await db().user.count({ where: { role: "admin" } })).toBe(1);
  });
});

it("notifications of other users contain no names except in chats, where erasure removes them", () => {
  const { mention, chat_invite, ...others } = notificationDataSchemas;
  expect(
    [mention, chat_invite].map((kind) => Object.keys(kind.shape).filter((field) => /name/i.test(field))),
  ).toEqual([["authorName"], ["byName"]]);
  for (const { shape } of Object.values(others)) {
    expect(Object.keys(shape).filter((field) => /name|email|user|buyer|seller/i.test(field))).toEqual([]);
  }
});
