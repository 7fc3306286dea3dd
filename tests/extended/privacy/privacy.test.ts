import { describe, expect, it } from "vitest";
import { GET as exportMe } from "@/app/api/me/export/route";
import { DELETE as deleteMe, GET as me } from "@/app/api/me/route";
import { GET as readPost } from "@/app/api/posts/[id]/route";
import { changeProfile, resetPassword, signIn, signUp } from "@/lib/accounts";
import { listAudit } from "@/lib/audit";
import { getBonuses } from "@/lib/bonuses";
import { referralCodeExists } from "@/lib/bonuses/referral-link";
import {
  createChat,
  findPeople,
  getChat,
  inviteToChat,
  listChats,
  listPinned,
  pinMessage,
  searchMessages,
  setReaction,
} from "@/lib/chat";
import { newId } from "@/lib/core/ids";
import { signId } from "@/lib/core/signed-id";
import { db } from "@/lib/db";
import { getLeaderboard } from "@/lib/leaderboards";
import { readFile } from "@/lib/media";
import { listNotifications } from "@/lib/notifications";
import { listPeople } from "@/lib/ops/people";
import { createPost, getPost, listPosts } from "@/lib/posts";
import { accountExportSchema } from "@/lib/privacy";
import { erasureSteps } from "@/lib/privacy/erase-account";
import { exportAccount } from "@/lib/privacy/export-account";
import { sectionSchemas } from "@/lib/privacy/export-schema";
import { notificationDataSchemas } from "@/lib/schemas/notification-kinds";
import { refreshSession } from "@/lib/sessions";
import { getOrder, getProduct, listOrders, listProducts } from "@/lib/shop";
import { backgroundTaskService } from "@/lib/tasks";
import { recordViews } from "@/lib/views";
import { call } from "@/tests/support/clients/call";
import { readChannelLog } from "@/tests/support/clients/channel-log";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import { tablesContaining } from "@/tests/support/clients/tables-containing";
import { TEST_PASSWORD } from "@/tests/support/factories/accounts";
import { catchUp, readMessages, sendTestMessage } from "@/tests/support/factories/chat-tools";
import { finishErasure } from "@/tests/support/factories/erasures";
import { createFullAccount, createNamedUser } from "@/tests/support/factories/full-account";
import { createTestOrder } from "@/tests/support/factories/orders";
import { createTestPost } from "@/tests/support/factories/people";
import { expirePasswordConfirmation, startTestSession } from "@/tests/support/factories/sessions";
import { storeTestFile } from "@/tests/support/factories/stored-files";

/** What other users and administrators are shown of an account and of what it wrote. */
async function whatOthersSee({ person, others, posts, products, orders }: FullAccount) {
  const { viewer, buyer, seller, referrer, administrator } = others;
  const anyPage = { limit: 50 };
  const exports = await Promise.all(
    [viewer, buyer, seller].map(async ({ userId }) => {
      let text = "";
      for await (const chunk of await exportAccount(userId)) text += chunk;
      const { referrals, views, purchases, sales, notifications, ...exported } = JSON.parse(text);
      return { referrals, views, purchases, sales, notifications, messages: exported.chatMessages };
    }),
  );
  const inChats = await Promise.all(
    [viewer, buyer, seller].map(async (reader) => {
      const { items, unreadCount } = await listChats(reader, anyPage);
      const each = await Promise.all(
        items.map(async ({ id }) => [
          await getChat(reader, id),
          await readMessages(reader, id),
          // Ordered by revision, which the erasure gives them again.
          [...(await catchUp(reader, id)).changed].sort((a, b) => a.seq - b.seq),
          await listPinned(reader, id),
          await searchMessages(reader, id, { q: "words" }),
          await searchMessages(reader, id, { q: person.name }),
        ]),
      );
      return [items, unreadCount, each];
    }),
  );
  const audit = await listAudit(administrator, { subject: `user:${person.userId}` });
  return {
    feed: (await listPosts()).items.filter(({ authorId }) => authorId === person.userId),
    post: await getPost(posts.own),
    view: (await recordViews(viewer.seq, [posts.own]))[0]?.status,
    shop: [
      (await listProducts()).items.filter(({ sellerId }) => sellerId === person.userId),
      (await listProducts({ sellerId: person.userId })).items,
      await getProduct(products.sold),
      await getProduct(products.unsold),
    ],
    orders: [
      (await listOrders(buyer)).items,
      (await listOrders(seller, { as: "seller" })).items,
      await getOrder(orders.sale.id, buyer),
      await getOrder(orders.purchase.id, seller),
    ],
    inChats,
    people: await findPeople(viewer, { q: person.name }),
    console: [
      (await listPeople(administrator, { q: person.name })).items,
      (await listPeople(administrator, { q: person.userId })).items,
      audit.items.map(({ actorName, subjectName }) => ({ actorName, subjectName })).slice(0, 1),
    ],
    board: (await getLeaderboard("all", { currency: orders.currency })).items,
    notifications: await Promise.all(
      [viewer, buyer].map(async (reader) => (await listNotifications(reader)).items),
    ),
    referred: (await getBonuses(referrer.userId)).referral.joined,
    exports,
  };
}

type FullAccount = Awaited<ReturnType<typeof createFullAccount>>;

/** As text, without what the erasure itself changes: revisions, and who becomes the owner of a group. */
function toComparableText(seen: unknown): string {
  const changing = new Set(["revision", "role", "createdAt"]);
  return JSON.stringify(
    seen,
    (key, value) =>
      changing.has(key) ? undefined : key === "deletedAt" && value !== null ? "deleted" : value,
    1,
  );
}

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
    expect(exported.plays).toMatchObject([{ postId: posts.seen, postTitle: "A track" }]);
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
  it("hides the account and what it wrote at once: readers show what they show when it is erased", async () => {
    const scene = await createFullAccount();
    const { person, others, chats, file } = scene;
    await pinMessage(others.viewer, chats.group, chats.message, { pinned: true });
    // The caches are warm.
    const before = toComparableText(await whatOthersSee(scene));
    for (const text of [person.name, "My words", "Parting words", "My track"]) expect(before).toContain(text);
    expect((await erase({ as: person })).status).toBe(200);

    const hidden = toComparableText(await whatOthersSee(scene));
    for (const text of [person.name, person.userId, "My words", "Parting words", "My track"])
      expect(hidden).not.toContain(text);
    const reading = { headers: new Headers(), requestId: newId(), mayRead: async () => true };
    await expect(readFile(others.viewer, file.id, reading)).rejects.toMatchObject({ code: "not_found" });
    for (const chat of [chats.group, chats.directChat])
      expect(JSON.stringify(await readChannelLog(`chat:${chat}`))).not.toMatch(/words/i);
    // Nothing is erased yet but the account's own row is empty.
    expect(await db().chatMessage.count({ where: { authorId: person.userId } })).toBe(3);
    expect(await tablesContaining(person.email)).toEqual(["AccountLink: 1", "Task: 1"]);

    await finishErasure(person.userId);
    expect(toComparableText(await whatOthersSee(scene))).toBe(hidden);
    expect(await db().user.count({ where: { id: person.userId } })).toBe(0);
    expect(
      await db().auditEntry.findMany({
        where: { subject: `user:${person.userId}`, action: { startsWith: "account_" } },
        orderBy: { id: "asc" },
        select: { action: true, actorId: true },
      }),
    ).toEqual([
      { action: "account_deleted", actorId: person.userId },
      { action: "account_erased", actorId: null },
    ]);
  });

  it("refuses the account, and links to it, from the request on; its address is free", async () => {
    const scene = await createFullAccount();
    const { person, others, chats, products } = scene;
    const { viewer, buyer } = others;
    const { refreshToken } = await startTestSession(person);
    const { referralCode } = await db().user.findUniqueOrThrow({ where: { id: person.userId } });
    const link = await db().accountLink.findFirstOrThrow({ where: { userId: person.userId } });
    expect((await erase({ as: person })).status).toBe(200);

    const credentials = { email: person.email, password: TEST_PASSWORD };
    const client = { ip: null, userAgent: null };
    const token = signId("reset_password", link.id);
    const newcomer = { name: "Anew", password: "twelve tall lamps" };
    const text = `Hello @[${person.name}](${person.userId})`;
    const refusals: [string, () => Promise<unknown>][] = [
      ["unauthenticated", () => signIn(credentials)],
      ["unauthenticated", () => refreshSession(refreshToken, client)],
      ["bad_request", () => resetPassword({ token, password: "twelve tall lamps" })],
      [
        "bad_request",
        () => signUp({ ...newcomer, email: `${newId()}@test.example`, referralCode }, { locale: "en" }),
      ],
      ["not_found", () => createChat(others.seller, { kind: "direct", userId: person.userId })],
      ["not_found", () => createChat(viewer, { kind: "direct", userId: person.userId })],
      ["not_found", () => inviteToChat(viewer, chats.group, { userId: person.userId })],
      ["not_found", () => setReaction(buyer, chats.group, chats.message, { emoji: "👍", on: true })],
      // Requests of the user that were authenticated before.
      [
        "unauthenticated",
        () => createPost(person, { title: "Late", text: "", tags: [], audioFileId: null, coverFileId: null }),
      ],
      ["not_found", () => sendTestMessage(person, chats.group, "Late")],
      ["unauthenticated", () => storeTestFile(person)],
      ["unauthenticated", () => changeProfile(person, { name: "Late" })],
    ];
    for (const [code, refusal] of refusals)
      await expect(refusal(), String(refusal)).rejects.toMatchObject({ code });
    const { message } = await sendTestMessage(viewer, chats.group, text);
    expect(message).toMatchObject({ text: `Hello @${person.name}`, mentions: [] });
    expect(await getProduct(products.sold)).toMatchObject({ archived: true, sellerId: null });
    expect(await referralCodeExists(referralCode)).toBe(false);
    const { user } = await signUp({ ...newcomer, email: person.email }, { locale: "en" });
    expect(user.id).not.toBe(person.userId);
  });

  it("erases only an account whose deletion was requested: otherwise the task is dead, with an alert", async () => {
    const person = await createNamedUser();
    const payload = { userId: person.userId, seq: person.seq, run: 1 };
    const id = await backgroundTaskService.eraseAccount(payload);
    expect((await deliverTask("account-erasures", id)).status).toBe(489);
    expect(await db().task.findUnique({ where: { id } })).toMatchObject({ state: "dead" });
    expect(await db().alert.findFirst({ where: { subject: id } })).toMatchObject({ closedAt: null });
    expect((await call(me, { as: person })).status).toBe(200);
  });

  it("erases every column with a foreign key to the account before the account's row", async () => {
    const rows = await db().$queryRaw<{ reference: string }[]>`
SELECT DISTINCT format('%s.%s', conrelid::regclass, a.attname) AS reference FROM pg_constraint
JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = ANY(conkey)
WHERE contype = 'f' AND confrelid = '"User"'::regclass`;
    const references = rows.map(({ reference }) => reference.replaceAll('"', ""));
    expect(erasureSteps.flatMap(({ clears = [] }) => clears).sort()).toEqual(references.sort());
    expect(references.length).toBeGreaterThan(10);
  });

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
