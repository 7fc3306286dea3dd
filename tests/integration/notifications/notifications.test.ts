import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { POST as read } from "@/app/api/notifications/read/route";
import { GET as list } from "@/app/api/notifications/route";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { countUnread, markRead } from "@/lib/notifications";
import { backgroundTaskService, enqueue } from "@/lib/tasks";
import { call } from "@/tests/support/clients/call";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createNotifications } from "@/tests/support/factories/notifications";
import { createPerson } from "@/tests/support/factories/people";
import { serveApp } from "@/tests/support/processes/app-server";
import type { RouteServer } from "@/tests/support/processes/route-server";
import { freePort } from "@/tests/support/stack/real-postgres";

let app: RouteServer;
let reader: Caller;

beforeAll(async () => {
  // QStash delivers to APP_URL: a server for this file, separate from other files'.
  const port = await freePort();
  process.env.APP_URL = `http://localhost:${port}`;
  app = await serveApp(port);
});
afterAll(() => app.close());

beforeEach(async () => {
  reader = await createPerson();
});

const listed = async (query = "", as = reader) => (await call(list, { as, query })).body;
const marked = async (body: unknown, as = reader) => (await call(read, { as, body })).body;
const stateOf = async (id: string) => (await db().task.findUnique({ where: { id } }))?.state;

describe("queue notifications", () => {
  it("one task makes one notification, delivered through QStash", async () => {
    const id = await backgroundTaskService.sendNotification(reader.userId, "Привет 🎧", "It's on");
    await waitUntil("the task is done", async () => (await stateOf(id)) === "done");
    expect(await listed()).toMatchObject({
      items: [{ kind: "general", title: "Привет 🎧", message: "It's on", data: null, readAt: null }],
      nextCursor: null,
      unreadCount: 1,
    });
  });

  it("stores a kind's data, once per key", async () => {
    const data = { orderId: newId(), title: "A track", amountMinor: 500, currency: "EUR", quantity: 2 };
    const payload = { userId: reader.userId, kind: "sale", data };
    const enqueueIt = () => transaction((tx) => enqueue(tx, "notifications", payload, { key: data.orderId }));
    const [{ id }, repeat] = [await enqueueIt(), await enqueueIt()];
    expect(repeat).toEqual({ id, created: false });
    await waitUntil("the task is done", async () => (await stateOf(id)) === "done");
    expect((await listed()).items).toEqual([expect.objectContaining({ kind: "sale", data, title: null })]);
  });

  it("lists the named users with their handles of now, and erased ones without", async () => {
    const [author, inviter] = [await createPerson(), await createPerson()];
    const rows = [
      { kind: "mention", data: { chatId: newId(), authorId: author.userId, authorName: author.name } },
      { kind: "chat_invite", data: { chatId: newId(), byId: inviter.userId, byName: inviter.name } },
    ];
    await db().notification.createMany({
      data: rows.map((row) => ({ ...row, id: newId(), key: newId(), userId: reader.userId })),
    });
    const rename = (handle: string) =>
      db().user.update({ where: { id: author.userId }, data: { handle }, select: { id: true } });
    const dataOf = async () => {
      const { items } = await listed();
      return items.map(({ data }: { data: unknown }) => data).reverse();
    };
    const handle = `h${newId().replaceAll("-", "")}`;
    await rename(handle);
    await db().user.update({ where: { id: inviter.userId }, data: { deletedAt: new Date() } });
    expect(await dataOf()).toEqual([
      { ...rows[0]?.data, authorHandle: handle },
      { chatId: rows[1]?.data.chatId, byName: null },
    ]);
  });

  it("reads a payload of version 1", async () => {
    const { id } = await transaction(async (tx) => {
      const payload = { userId: reader.userId, kind: "later" };
      const task = await enqueue(tx, "notifications", payload, { key: newId() });
      await tx.task.update({
        where: { id: task.id },
        data: { version: 1, payload: { userId: reader.userId, title: "Old", message: "words" } },
      });
      return task;
    });
    await waitUntil("the task is done", async () => (await stateOf(id)) === "done");
    expect((await listed()).items).toMatchObject([{ kind: "general", title: "Old", message: "words" }]);
  });

  it("finishes without a notification when the account is erased", async () => {
    await db().user.delete({ where: { id: reader.userId } });
    const id = await backgroundTaskService.sendNotification(reader.userId, "Hello", "anybody?");
    await waitUntil("the task is done", async () => (await stateOf(id)) === "done");
    expect(await db().notification.count({ where: { key: id } })).toBe(0);
    expect(await db().alert.count({ where: { subject: id } })).toBe(0);
  });
});

describe("reading", () => {
  it("a read notification keeps its read time", async () => {
    const [id = ""] = await createNotifications(reader, 1);
    await marked({ ids: [id] });
    const [before] = (await listed()).items;
    await marked({ all: true });
    expect((await listed()).items).toEqual([before]);
    expect(before.readAt).toEqual(expect.any(String));
  });

  it("marking as read while new ones arrive leaves those unread and counted", async () => {
    const lastSeen = (await createNotifications(reader, 20)).at(-1);
    const rounds = Array.from({ length: 20 }, async (_, index) => {
      const { unreadCount: left } = await markRead(reader, { all: true, before: lastSeen });
      expect(left).toBeLessThanOrEqual(20);
      return index;
    });
    const arrivals = Array.from({ length: 20 }, () => createNotifications(reader, 1));
    const arrived = (await Promise.all(arrivals)).flat();
    await Promise.all(rounds);
    expect(await marked({ all: true, before: lastSeen })).toEqual({ unreadCount: 20 });
    const { items } = await listed("?limit=50");
    const unread = items.filter(({ readAt }: { readAt: string | null }) => readAt === null);
    expect(unread.map(({ id }: { id: string }) => id).sort()).toEqual(arrived.sort());
  });
});

describe("access and bad input", () => {
  it("an anonymous caller gets 401, for reading and marking", async () => {
    expect((await call(list)).status).toBe(401);
    expect((await call(read, { body: { all: true } })).status).toBe(401);
  });

  it("another user's notifications are neither listed nor marked, even by id", async () => {
    const stranger = await createPerson();
    const ids = await createNotifications(reader, 2);
    expect(await listed("", stranger)).toEqual({ items: [], nextCursor: null, unreadCount: 0 });
    expect((await listed(`?cursor=${newId()}`, stranger)).items).toEqual([]);
    expect(await marked({ ids }, stranger)).toEqual({ unreadCount: 0 });
    expect(await marked({ all: true, before: newId() }, stranger)).toEqual({ unreadCount: 0 });
    expect(await countUnread(reader.userId)).toBe(2);
  });

  it.each([
    ["nothing", {}],
    ["both ids and all", { ids: [], all: true }],
    ["all: false", { all: false }],
    ["an invalid id", { ids: ["x"] }],
    ["101 ids", { ids: Array.from({ length: 101 }, newId) }],
    ["before without all", { before: newId() }],
    ["before with an invalid id", { all: true, before: "yesterday" }],
    ["a list", []],
  ])("marking: %s is 400, and nothing is marked", async (_, body) => {
    await createNotifications(reader, 1);
    const response = await call(read, { as: reader, body });
    expect({ status: response.status, code: response.body.error.code }).toEqual({
      status: 400,
      code: "bad_request",
    });
    expect(await countUnread(reader.userId)).toBe(1);
  });

  it.each(["?limit=0", "?limit=51", "?limit=x", "?cursor=x"])("list %s is 400", async (query) => {
    expect((await call(list, { as: reader, query })).status).toBe(400);
  });
});
