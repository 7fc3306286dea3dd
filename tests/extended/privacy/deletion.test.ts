import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { GET as download } from "@/app/api/deliveries/[id]/download/route";
import { DELETE as deleteMe, GET as me } from "@/app/api/me/route";
import { GET as readPost } from "@/app/api/posts/[id]/route";
import { GET as listPosts } from "@/app/api/posts/route";
import { signUp } from "@/lib/accounts";
import { getChat } from "@/lib/chat";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { getLeaderboard, rebuildLeaderboards } from "@/lib/leaderboards";
import { keys, redis } from "@/lib/redis";
import { parseNotification } from "@/lib/schemas/notification-kinds";
import { recordViews } from "@/lib/views";
import { type MailCatcher, startMailCatcher } from "@/local/smtp";
import { call } from "@/tests/support/clients/call";
import { listMails } from "@/tests/support/clients/mailbox";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import { tablesContaining } from "@/tests/support/clients/tables-containing";
import { TEST_PASSWORD } from "@/tests/support/factories/accounts";
import { catchUp, chatViolations, readMessages } from "@/tests/support/factories/chat-tools";
import { finishErasure } from "@/tests/support/factories/erasures";
import { createFullAccount, createNamedUser, newCurrency } from "@/tests/support/factories/full-account";
import { newWallet } from "@/tests/support/factories/minting";
import { createTestPost, persistedViews } from "@/tests/support/factories/people";
import { persistedPlays } from "@/tests/support/factories/play-tools";
import { startTestSession } from "@/tests/support/factories/sessions";
import { displayedCount } from "@/tests/support/factories/view-tools";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

// Set before anything opens a connection.
const redisProxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
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

const erase = (token: string) =>
  call(deleteMe, { method: "DELETE", body: { password: TEST_PASSWORD }, token });

/** Every Redis key with the text in its name or value. */
async function keysWith(text: string): Promise<string[]> {
  const all = await redis().keys("*");
  const types = redis().pipeline();
  for (const key of all) types.type(key);
  const contents = redis().pipeline();
  for (const [at, type] of (await types.exec<string[]>()).entries()) {
    const key = all[at] ?? "";
    if (type === "string") contents.get(key);
    else if (type === "hash") contents.hgetall(key);
    else if (type === "zset") contents.zrange(key, 0, -1);
    else if (type === "set") contents.smembers(key);
    else if (type === "list") contents.lrange(key, 0, -1);
    else contents.type(key);
  }
  const values = await contents.exec<unknown[]>();
  return all.filter((key, at) => `${key} ${JSON.stringify(values[at])}`.includes(text));
}

describe("DELETE /api/me", () => {
  it("erases an account with data of every kind, and keeps other users' data without the name", async () => {
    const code = newCurrency();
    const { person, browser, others, posts, products, orders, tasks, file, sounds, chats, mint } =
      await createFullAccount(code);
    const [issued, other] = [await startTestSession(person), await startTestSession(person)];
    // A view that is not synced yet.
    await recordViews(person.seq, [posts.lastSeen]);
    const countsBefore = [await displayedCount(posts.seen), await displayedCount(posts.lastSeen)];
    expect(countsBefore).toEqual([2, 1]);
    await call(listPosts);
    await call(readPost, { params: { id: posts.own } });
    await getLeaderboard("all", { currency: code });

    const response = await erase(issued.accessToken);
    expect(response.status, JSON.stringify(response.body)).toBe(200);
    const cookies = response.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThanOrEqual(2);
    for (const cookie of cookies) expect(cookie).toMatch(/Max-Age=0/);

    // Signed out on all devices immediately.
    expect((await call(me, { token: issued.accessToken })).status).toBe(401);
    expect((await call(me, { token: other.accessToken })).status).toBe(401);

    // The user's posts are deleted, also from the caches.
    expect((await call(readPost, { params: { id: posts.own } })).status).toBe(404);
    const feed = (await call(listPosts)).body.items as { id: string }[];
    expect(feed.map(({ id }) => id)).not.toContain(posts.own);
    expect((await recordViews(others.viewer.seq, [posts.own]))[0]?.status).toBe("unknown");
    await finishErasure(person.userId);

    // The token is on the chain; our row of it has no account.
    expect(await db().mint.findUnique({ where: { id: mint } })).toMatchObject({ userId: null, postId: null });

    // View counts do not decrease.
    expect([await displayedCount(posts.seen), await displayedCount(posts.lastSeen)]).toEqual(countsBefore);
    expect(await persistedViews(posts.seen)).toEqual({ views: 2, rows: 2, base: 0 });
    expect(await persistedViews(posts.lastSeen)).toEqual({ views: 1, rows: 1, base: 0 });
    expect(await persistedPlays(posts.seen)).toEqual({ plays: 2, rows: 2 });
    expect(await db().postPlay.count({ where: { postId: posts.seen, listenerSeq: null } })).toBe(1);

    // Buyers keep their goods.
    const grant = orders.sale.delivery;
    const got = await download(new Request(`http://localhost/?code=${grant.code}`), {
      params: Promise.resolve({ id: grant.id }),
    });
    expect([got.status, (await got.arrayBuffer()).byteLength]).toEqual([200, 10]);
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

    // Leaderboards: the other seller's sum stays, the user's does not, and a recount agrees.
    const board = await getLeaderboard("all", { currency: code });
    expect(board.items.map(({ userId }) => userId)).toEqual([others.seller.userId]);
    await rebuildLeaderboards();
    expect((await getLeaderboard("all", { currency: code })).items).toEqual(board.items);

    // Tasks for the user only are cancelled, an alert about a dead one is closed, the rest continues.
    for (const id of [tasks.pending, tasks.mail, tasks.dead]) {
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

    // Files: the bytes are deleted, then the row.
    await waitForDeferredWork();
    expect(await db().mediaFile.findUnique({ where: { id: file.id } })).toBeNull();
    expect(await tablesContaining(file.name)).toEqual([]);
    // What was sold stays for its buyers, without the seller's texts.
    const left = await db().mediaFile.findMany({
      where: { id: { in: Object.values(sounds) } },
      select: { id: true, ownerId: true, name: true, track: { select: { title: true, artist: true } } },
    });
    expect(left).toEqual([
      { id: sounds.sold, ownerId: null, name: "", track: { title: null, artist: null } },
    ]);
    // The user's messages stay as empty ones; a group gets another owner, and a direct chat stays for the other user.
    const { changed, revision } = await catchUp(others.viewer, chats.group, 2);
    expect(changed).toMatchObject([
      { id: chats.message, revision: 5, seq: 1, text: "", authorId: null, reactions: [], mentions: [] },
      { id: chats.reply, revision: 6, seq: 2, text: "Oh, @… said so", reactions: [], mentions: [] },
    ]);
    expect(revision).toBe(6);
    expect((await getChat(others.viewer, chats.group)).role).toBe("owner");
    expect(await getChat(others.seller, chats.directChat)).toMatchObject({
      membersCount: 1,
      lastMessage: { text: "", deletedAt: expect.any(String) },
      unreadCount: 0,
    });
    expect((await readMessages(others.buyer, chats.leftGroup)).items).toMatchObject([
      { text: "", authorId: null },
    ]);
    for (const id of [chats.group, chats.directChat, chats.leftGroup])
      expect(await chatViolations(id)).toEqual([]);
    const notifications = await db().notification.findMany({
      where: { userId: { in: [others.viewer.userId, others.buyer.userId] }, kind: { not: "general" } },
      orderBy: { kind: "desc" },
    });
    expect(
      notifications
        .map(({ kind, data }) => parseNotification(kind, data)?.data)
        .map((data) => JSON.stringify(data)),
    ).toEqual([expect.stringContaining('"authorName":null'), expect.stringContaining('"byName":null')]);

    // In the whole database the id remains in the audit log, in the session generation that rejects old tokens, in the
    // task that erased the account, and in the key of the mail that is being sent.
    const mail = await db().task.findUniqueOrThrow({
      where: { queue_key: { queue: "emails", key: `account-deleted:${person.userId}` } },
    });
    const entries = await db().auditEntry.count({
      where: { OR: [{ actorId: person.userId }, { subject: `user:${person.userId}` }] },
    });
    expect(await tablesContaining(person.userId)).toEqual([
      `AuditEntry: ${entries}`,
      "SessionGeneration: 1",
      "Task: 2",
    ]);
    expect(await tablesContaining(browser)).toEqual([]);
    const actions = { in: ["name_changed", "sign_in_failed", "role_changed"] };
    const before = await db().auditEntry.findMany({
      where: { subject: `user:${person.userId}`, action: actions },
      orderBy: { id: "asc" },
    });
    // The administrator's IP address belongs to the administrator's entry.
    expect(before.map(({ ip }) => ip)).toEqual([null, null, "198.51.100.7"]);
    await deliverTask("emails", mail.id);
    expect(await tablesContaining(person.email)).toEqual([]);
    expect(await tablesContaining(person.name)).toEqual([]);
    expect(
      await db().auditEntry.findFirst({ where: { action: "account_deleted", actorId: person.userId } }),
    ).toMatchObject({ subject: `user:${person.userId}`, ip: null, userAgent: null, data: null });
    expect(await keysWith(person.email)).toEqual([]);
    expect(await keysWith(person.name)).toEqual([]);
    expect(await keysWith(person.userId)).toEqual([keys.userGeneration(person.userId)]);
    expect(await keysWith("My track")).toEqual([]);
    expect((await keysWith(posts.own)).filter((key) => key.startsWith("post:"))).toEqual([]);

    // The mail has arrived, and the address is free.
    expect((await listMails(catcher, person.email)).map(({ subject }) => subject)).toEqual([
      "Your NormalDance account has been deleted",
    ]);
    const again = await signUp(
      { email: person.email, password: "twelve tall lamps", name: "Anew" },
      { locale: "en" },
    );
    expect(again.user.id).not.toBe(person.userId);
  });

  it("deletes mints without a transaction, whose addresses the chain does not know", async () => {
    const person = await createNamedUser();
    const account = newWallet().address;
    const LATE = new Date("2100-01-01");
    const createMint = async (state: "pending" | "failed", isFiller?: boolean) => {
      const [id, ownerAddress] = [newId(), newWallet().address];
      const payload = { postId: newId(), ownerAddress, metadata: {} };
      const check = { mintId: id, round: 1 };
      const tasks = [
        { id, payload, state: "done" as const },
        { id: newId(), payload: { ...payload, check }, state: "pending" as const },
      ].map((task) => ({
        ...task,
        ...{ queue: "nft-minting", version: 1, key: newId(), ownerId: person.userId },
      }));
      for (const task of tasks) await db().task.create({ data: { ...task, dueAt: LATE, deadlineAt: LATE } });
      await db().mint.create({
        data: { id, userId: person.userId, state, ownerAddress, chainId: 1, contract: account },
      });
      if (isFiller === undefined) return { id, ownerAddress };
      const nonce = await db().chainNonce.count({ where: { account } });
      const used = { chainId: 1, account, nonce };
      await db().chainNonce.create({ data: { ...used, mintId: id, state: "settled", isFiller } });
      await db().chainTransaction.create({
        data: { ...used, hash: newId(), raw: "0x", isFiller, gas: 1, maxFee: "1", maxPriorityFee: "1" },
      });
      return { id, ownerAddress };
    };
    const unsent = [
      await createMint("pending"),
      await createMint("failed"),
      await createMint("failed", true),
    ] as const;
    const sent = await createMint("failed", false);
    const { accessToken } = await startTestSession(person);
    expect((await erase(accessToken)).status).toBe(200);
    await finishErasure(person.userId);
    for (const { id, ownerAddress } of unsent) {
      expect(await db().mint.findUnique({ where: { id } })).toBeNull();
      expect(await tablesContaining(ownerAddress)).toEqual([]);
    }
    expect(await db().mint.findUnique({ where: { id: sent.id } })).toMatchObject({
      userId: null,
      ownerAddress: sent.ownerAddress,
    });
    // Their nonces stay: the chain has used them up.
    expect(await db().chainNonce.count({ where: { account } })).toBe(2);
  });

  it("works without Redis, whose entries are not trusted afterwards", async () => {
    const person = await createNamedUser();
    const post = await createTestPost(person);
    const { accessToken } = await startTestSession(person);
    await redisProxy.set("refuse");
    expect((await erase(accessToken)).status).toBe(200);
    expect((await call(me, { token: accessToken })).status).toBe(401);
    await redisProxy.set("pass");
    expect((await call(me, { token: accessToken })).status).toBe(401);
    expect((await call(readPost, { params: { id: post } })).status).toBe(404);
  });
});
