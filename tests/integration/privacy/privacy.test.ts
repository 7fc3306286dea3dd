import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { GET as download } from "@/app/api/deliveries/[id]/download/route";
import { GET as exportMe } from "@/app/api/me/export/route";
import { DELETE as deleteMe, GET as me } from "@/app/api/me/route";
import { GET as readPost } from "@/app/api/posts/[id]/route";
import { GET as listPosts } from "@/app/api/posts/route";
import { signUp } from "@/lib/accounts";
import { getChat } from "@/lib/chat";
import { deferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { getLeaderboard, rebuildLeaderboards } from "@/lib/leaderboards";
import { noticeOf } from "@/lib/notifications";
import { noticeKinds } from "@/lib/notifications/kinds";
import { accountExportSchema } from "@/lib/privacy";
import { exportAccount } from "@/lib/privacy/export-account";
import { sectionSchemas } from "@/lib/privacy/export-schema";
import { keys, redis } from "@/lib/redis";
import { recordViews } from "@/lib/views";
import { type MailCatcher, startMailCatcher } from "@/local/smtp";
import { call } from "@/tests/support/clients/api";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import { whereIs } from "@/tests/support/clients/where-is";
import { PASSWORD } from "@/tests/support/factories/accounts";
import { catchUp, read, violationsOf } from "@/tests/support/factories/chat-tools";
import { createOrder } from "@/tests/support/factories/orders";
import { createTestPost, persistedViews } from "@/tests/support/factories/people";
import { makeStale, signInAs } from "@/tests/support/factories/sign-in";
import { shownCount } from "@/tests/support/factories/view-tools";
import { createKnown, createWholePerson } from "@/tests/support/factories/whole-person";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { gateway } from "@/tests/support/stack/gateway";

// Before anything opens a connection.
const redisProxy = await startFaultProxy({ host: "127.0.0.1", port: gateway().port });
process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${redisProxy.port}`;

let catcher: MailCatcher;
beforeAll(async () => {
  catcher = await startMailCatcher({ dataDir: null });
  process.env.SMTP_URL = catcher.smtpUrl;
});
afterEach(() => redisProxy.set("pass"));
afterAll(async () => {
  await catcher.close();
  await redisProxy.close();
});

const currency = () =>
  newId()
    .slice(-3)
    .replace(/./g, (digit) => "ABCDEFGHIJKLMNOP"[Number.parseInt(digit, 16)] ?? "");
const erase = (person: Parameters<typeof call>[1] & object, password = PASSWORD) =>
  call(deleteMe, { method: "DELETE", body: { password }, ...person });

/** Every key of Redis that has the text in its name or in what it holds. */
async function keysWith(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const key of await redis().keys("*")) {
    const read = {
      string: () => redis().get(key),
      hash: () => redis().hgetall(key),
      zset: () => redis().zrange(key, 0, -1),
      set: () => redis().smembers(key),
      list: () => redis().lrange(key, 0, -1),
    } as Record<string, () => Promise<unknown>>;
    const value = await read[await redis().type(key)]?.();
    if (`${key} ${JSON.stringify(value)}`.includes(text)) found.push(key);
  }
  return found;
}

describe("GET /api/me/export", () => {
  it("has everything that is theirs or about them, and nobody else's", async () => {
    const { person, others, posts, orders, chats } = await createWholePerson(currency());
    const answer = await call(exportMe, { as: person, headers: { "x-forwarded-for": "192.0.2.1" } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w.-]+\.json"$/);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const exported = accountExportSchema.parse(answer.body);
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
    expect(exported.chatReactions).toMatchObject([{ messageId: chats.answer, emoji: "🔥" }]);
    const audit = Object.fromEntries(exported.audit.map((entry) => [entry.action, entry]));
    expect(audit.name_changed).toMatchObject({ byYou: true, ip: "203.0.113.9" });
    expect(audit.sign_in_failed).toMatchObject({ byYou: false, ip: "203.0.113.9" });
    expect(audit.role_changed).toMatchObject({ byYou: false, ip: null, data: { role: "artist" } });
    expect(audit.account_exported).toMatchObject({ byYou: true });

    const text = JSON.stringify(answer.body);
    // The code of what was sold is the buyer's; others are there by name alone; hashes are for nobody.
    const { passwordHash } = await db().user.findUniqueOrThrow({ where: { id: person.userId } });
    const sessions = await db().session.findMany({ where: { userId: person.userId } });
    const secrets = [orders.sale.delivery.code, passwordHash, ...sessions.map(({ tokenHash }) => tokenHash)];
    const strangers = Object.values(others).flatMap(({ userId }) => [userId, `${userId}@test.example`]);
    for (const secret of [...secrets, ...strangers]) expect(text).not.toContain(secret);
  });

  it("pages through lists that are longer than a page, each record once, whatever comes meanwhile", async () => {
    const person = await createKnown();
    const rows = Array.from({ length: 1_203 }, (_, n) => ({
      ...{ id: newId(), userId: person.userId, kind: "general", key: newId(), title: `No. ${n}` },
    }));
    await db().notification.createMany({ data: rows });
    let text = "";
    let isAdded = false;
    for await (const piece of await exportAccount(person.userId)) {
      text += piece;
      // No piece is the whole list.
      expect(piece.length).toBeLessThan(200_000);
      if (!isAdded && piece.includes("No. 499")) {
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

  it("somebody who has nothing gets a whole document, and nobody none", async () => {
    const person = await createKnown("listener");
    const { body } = await call(exportMe, { as: person });
    expect(accountExportSchema.parse(body)).toMatchObject({ posts: [], purchases: [], links: [] });
    expect((await call(exportMe)).status).toBe(401);
  });
});

describe("DELETE /api/me", () => {
  it("leaves nothing of a person who has everything but what is others', and that without a name", async () => {
    const code = currency();
    const { person, browser, others, posts, products, orders, tasks, file, chats } =
      await createWholePerson(code);
    const [issued, other] = [await signInAs(person), await signInAs(person)];
    // A view that no sync has seen.
    await recordViews(person.seq, [posts.lastSeen]);
    const shown = [await shownCount(posts.seen), await shownCount(posts.lastSeen)];
    expect(shown).toEqual([2, 1]);
    await call(listPosts);
    await call(readPost, { params: { id: posts.own } });
    await getLeaderboard("all", { currency: code });

    const answer = await erase({ token: issued.accessToken });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const cookies = answer.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThanOrEqual(2);
    for (const cookie of cookies) expect(cookie).toMatch(/Max-Age=0/);

    // Signed out, everywhere and at once.
    expect((await call(me, { token: issued.accessToken })).status).toBe(401);
    expect((await call(me, { token: other.accessToken })).status).toBe(401);

    // What they said is gone, from the caches too.
    expect((await call(readPost, { params: { id: posts.own } })).status).toBe(404);
    const feed = (await call(listPosts)).body.items as { id: string }[];
    expect(feed.map(({ id }) => id)).not.toContain(posts.own);
    expect((await recordViews(others.viewer.seq, [posts.own]))[0]?.status).toBe("unknown");

    // Counts do not go down.
    expect([await shownCount(posts.seen), await shownCount(posts.lastSeen)]).toEqual(shown);
    expect(await persistedViews(posts.seen)).toEqual({ views: 2, rows: 2, base: 0 });
    expect(await persistedViews(posts.lastSeen)).toEqual({ views: 1, rows: 1, base: 0 });

    // Buyers keep what they bought.
    const grant = orders.sale.delivery;
    const got = await call(download, { params: { id: grant.id }, query: `?code=${grant.code}` });
    expect(got.status).toBeLessThan(400);
    expect(await db().product.findUnique({ where: { id: products.sold } })).toMatchObject({
      sellerId: null,
      archivedAt: expect.any(Date),
    });
    expect(await db().product.findUnique({ where: { id: products.unsold } })).toBeNull();
    expect(await db().order.findUnique({ where: { id: orders.sale.id } })).toMatchObject({
      buyerId: others.buyer.userId,
      sellerId: null,
      status: "delivered",
    });
    expect(await db().order.findUnique({ where: { id: orders.purchase.id } })).toMatchObject({
      buyerId: null,
      sellerId: others.seller.userId,
    });

    // Boards: the other seller's sum is there, theirs is not, and that is what a recount says.
    const board = await getLeaderboard("all", { currency: code });
    expect(board.items.map(({ userId }) => userId)).toEqual([others.seller.userId]);
    await rebuildLeaderboards();
    expect((await getLeaderboard("all", { currency: code })).items).toEqual(board.items);

    // What was only for them is called off, what died needs nobody's eyes, the rest goes on.
    for (const id of [tasks.waiting, tasks.mail, tasks.dead]) {
      const task = await db().task.findUniqueOrThrow({ where: { id } });
      expect(["cancelled", "done"]).toContain(task.state);
      expect(task).toMatchObject({ payload: {}, ownerId: null });
    }
    expect(await db().alert.findFirst({ where: { subject: tasks.dead } })).toMatchObject({
      closedAt: expect.any(Date),
    });
    expect(await db().task.findUniqueOrThrow({ where: { id: tasks.started } })).toMatchObject({
      ownerId: null,
    });
    expect(await db().user.findUnique({ where: { id: others.friend.userId } })).toMatchObject({
      referredById: null,
    });

    // Files: the bytes, and then the row.
    await deferredWork();
    expect(await db().mediaFile.findUnique({ where: { id: file.id } })).toBeNull();
    expect(await whereIs(file.name)).toEqual([]);
    // What they said keeps its place; a group has another owner, and a conversation of two stays for the other one.
    const { changed, revision } = await catchUp(others.viewer, chats.group, 2);
    expect(changed).toMatchObject([
      { id: chats.said, revision: 5, seq: 1, text: "", authorId: null, reactions: [], mentions: [] },
      { id: chats.answer, revision: 6, seq: 2, text: "Oh, @… said so", reactions: [], mentions: [] },
    ]);
    expect(revision).toBe(6);
    expect((await getChat(others.viewer, chats.group)).role).toBe("owner");
    expect(await getChat(others.seller, chats.pair)).toMatchObject({
      membersCount: 1,
      lastMessage: { text: "", deletedAt: expect.any(String) },
      unreadCount: 0,
    });
    expect((await read(others.buyer, chats.left)).items).toMatchObject([{ text: "", authorId: null }]);
    for (const id of [chats.group, chats.pair, chats.left]) expect(await violationsOf(id)).toEqual([]);
    const told = await db().notification.findMany({
      where: { userId: { in: [others.viewer.userId, others.buyer.userId] }, kind: { not: "general" } },
    });
    expect(
      told.map(({ kind, data }) => noticeOf(kind, data)?.data).map((data) => JSON.stringify(data)),
    ).toEqual([expect.stringContaining('"authorName":null'), expect.stringContaining('"byName":null')]);

    // The whole database: the id in the log and in the number that keeps them out, and the mail that is on its way.
    const mail = await db().task.findUniqueOrThrow({
      where: { queue_key: { queue: "emails", key: `account-deleted:${person.userId}` } },
    });
    const entries = await db().auditEntry.count({
      where: { OR: [{ actorId: person.userId }, { subject: `user:${person.userId}` }] },
    });
    expect(await whereIs(person.userId)).toEqual([
      `AuditEntry: ${entries}`,
      "SessionGeneration: 1",
      "Task: 1",
    ]);
    expect(await whereIs(browser)).toEqual([]);
    const actions = { in: ["name_changed", "sign_in_failed", "role_changed"] };
    const before = await db().auditEntry.findMany({
      where: { subject: `user:${person.userId}`, action: actions },
      orderBy: { id: "asc" },
    });
    // From where an administrator did something is the administrator's.
    expect(before.map(({ ip }) => ip)).toEqual([null, null, "198.51.100.7"]);
    await deliverTask("emails", mail.id);
    expect(await whereIs(person.email)).toEqual([]);
    expect(await whereIs(person.name)).toEqual([]);
    expect(
      await db().auditEntry.findFirst({ where: { action: "account_deleted", actorId: person.userId } }),
    ).toMatchObject({ subject: `user:${person.userId}`, ip: null, userAgent: null, data: null });
    expect(await keysWith(person.email)).toEqual([]);
    expect(await keysWith(person.name)).toEqual([]);
    expect(await keysWith(person.userId)).toEqual([keys.userGeneration(person.userId)]);
    expect(await keysWith("My track")).toEqual([]);
    expect((await keysWith(posts.own)).filter((key) => key.startsWith("post:"))).toEqual([]);

    // The mail has come, and the address is free.
    const box = await fetch(`${catcher.pageUrl}/api/messages?to=${encodeURIComponent(person.email)}`);
    const { items } = (await box.json()) as { items: { subject: string }[] };
    expect(items.map(({ subject }) => subject)).toEqual(["Your NormalDance account is deleted"]);
    const again = await signUp(
      { email: person.email, password: "twelve tall lamps", name: "Anew" },
      { locale: "en" },
    );
    expect(again.user.id).not.toBe(person.userId);
  });

  it("wants the password, and a fresh one at that; nothing happens without", async () => {
    const person = await createKnown("listener");
    const wrong = await erase({ as: person }, "not this one");
    expect(wrong.status).toBe(400);
    expect(wrong.body.error.details).toMatchObject([{ path: "password" }]);
    expect((await call(deleteMe, { method: "DELETE", as: person, body: {} })).status).toBe(400);
    expect((await call(deleteMe, { method: "DELETE", body: { password: PASSWORD } })).status).toBe(401);
    const old = await signInAs(person);
    await makeStale(old.session.id);
    const stale = await erase({ token: old.accessToken });
    expect([stale.status, stale.body.error.code]).toEqual([403, "fresh_sign_in_required"]);
    expect((await call(me, { as: person })).status).toBe(200);
  });

  describe("is refused while money is in motion, with the order", () => {
    it.each([
      ["a pending order", "pending", {}],
      ["a given-up order that can still be paid", "failed", { checkoutUrl: "https://pay.example/1" }],
      ["a paid order that is not handed over", "paid", {}],
    ] as const)("%s, the buyer and the seller", async (_, status, data) => {
      const [buyer, seller] = [await createKnown("listener"), await createKnown()];
      const post = await createTestPost(seller);
      const id = await createOrder({ buyer, seller, amountMinor: 100, status });
      await db().order.update({ where: { id }, data });
      for (const person of [buyer, seller]) {
        const answer = await erase({ as: person });
        expect([answer.status, answer.body.error.code]).toEqual([409, "conflict"]);
        expect(answer.body.error.details).toEqual([{ path: `orders.${id}`, message: "A licence" }]);
        expect((await call(me, { as: person })).status).toBe(200);
      }
      expect((await call(readPost, { params: { id: post } })).status).toBe(200);
      await db().order.update({ where: { id }, data: { status: "failed", checkoutUrl: null } });
      expect((await erase({ as: buyer })).status).toBe(200);
      expect((await erase({ as: seller })).status).toBe(200);
    });

    it("a refund that is under way", async () => {
      const [buyer, seller] = [await createKnown("listener"), await createKnown()];
      const id = await createOrder({ buyer, seller, amountMinor: 100 });
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

  it("the last administrator stays, also when two go at once", async () => {
    await db().user.updateMany({ where: { role: "admin" }, data: { role: "artist" } });
    const [one, two] = [await createKnown("admin"), await createKnown("admin")];
    const answers = await Promise.all([erase({ as: one }), erase({ as: two })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await db().user.count({ where: { role: "admin" } })).toBe(1);
  });

  it("works without Redis: what it would be told of, it is not believed without", async () => {
    const person = await createKnown();
    const post = await createTestPost(person);
    const { accessToken } = await signInAs(person);
    await redisProxy.set("refuse");
    expect((await erase({ token: accessToken })).status).toBe(200);
    expect((await call(me, { token: accessToken })).status).toBe(401);
    await redisProxy.set("pass");
    expect((await call(me, { token: accessToken })).status).toBe(401);
    expect((await call(readPost, { params: { id: post } })).status).toBe(404);
  });
});

it("what other people's notifications carry names nobody but in chats, where names go with the account", () => {
  const { mention, chat_invite, ...others } = noticeKinds;
  expect(
    [mention, chat_invite].map((kind) => Object.keys(kind.shape).filter((field) => /name/i.test(field))),
  ).toEqual([["authorName"], ["byName"]]);
  for (const { shape } of Object.values(others)) {
    expect(Object.keys(shape).filter((field) => /name|email|user|buyer|seller/i.test(field))).toEqual([]);
  }
});
