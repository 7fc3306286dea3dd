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
import { type AppServer, serveApp } from "@/tests/support/processes/app-server";
import { freePort } from "@/tests/support/stack/real-postgres";

let app: AppServer;
let reader: Caller;

beforeAll(async () => {
  // QStash delivers to APP_URL: a door of this file's own, beside those of others.
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
  it("one task is one notification, through QStash and back", async () => {
    const id = await backgroundTaskService.sendNotification(reader.userId, "Привет 🎧", "It's on");
    await waitUntil("the task is done", async () => (await stateOf(id)) === "done");
    expect(await listed()).toMatchObject({
      items: [{ kind: "general", title: "Привет 🎧", message: "It's on", data: null, readAt: null }],
      nextCursor: null,
      unreadCount: 1,
    });
  });

  it("carries what a kind needs, and once for a key", async () => {
    const data = { orderId: newId(), title: "A track", amountMinor: 500, currency: "EUR", quantity: 2 };
    const payload = { userId: reader.userId, kind: "sale", data };
    const enqueueIt = () => transaction((tx) => enqueue(tx, "notifications", payload, { key: data.orderId }));
    const [{ id }, again] = [await enqueueIt(), await enqueueIt()];
    expect(again).toEqual({ id, created: false });
    await waitUntil("the task is done", async () => (await stateOf(id)) === "done");
    expect((await listed()).items).toEqual([expect.objectContaining({ kind: "sale", data, title: null })]);
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

  it("is done without a word for an account that is gone", async () => {
    await db().user.delete({ where: { id: reader.userId } });
    const id = await backgroundTaskService.sendNotification(reader.userId, "Hello", "anybody?");
    await waitUntil("the task is done", async () => (await stateOf(id)) === "done");
    expect(await db().notification.count({ where: { key: id } })).toBe(0);
    expect(await db().alert.count({ where: { subject: id } })).toBe(0);
  });
});

describe("reading", () => {
  it("what was read keeps the time it was read at", async () => {
    const [id = ""] = await createNotifications(reader, 1);
    await marked({ ids: [id] });
    const [before] = (await listed()).items;
    await marked({ all: true });
    expect((await listed()).items).toEqual([before]);
    expect(before.readAt).toEqual(expect.any(String));
  });

  it("marking while new ones arrive loses none: what came after stays unread, and the count is theirs", async () => {
    const seen = (await createNotifications(reader, 20)).at(-1);
    const rounds = Array.from({ length: 20 }, async (_, index) => {
      const { unreadCount: left } = await markRead(reader, { all: true, before: seen });
      expect(left).toBeLessThanOrEqual(20);
      return index;
    });
    const arrivals = Array.from({ length: 20 }, () => createNotifications(reader, 1));
    const arrived = (await Promise.all(arrivals)).flat();
    await Promise.all(rounds);
    expect(await marked({ all: true, before: seen })).toEqual({ unreadCount: 20 });
    const { items } = await listed("?limit=50");
    const unread = items.filter(({ readAt }: { readAt: string | null }) => readAt === null);
    expect(unread.map(({ id }: { id: string }) => id).sort()).toEqual(arrived.sort());
  });
});

describe("access and bad input", () => {
  it("nobody is 401, to read and to mark", async () => {
    expect((await call(list)).status).toBe(401);
    expect((await call(read, { body: { all: true } })).status).toBe(401);
  });

  it("somebody else's are neither shown nor marked, also when they are named", async () => {
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
    ["both ways at once", { ids: [], all: true }],
    ["all: false", { all: false }],
    ["an id that is none", { ids: ["x"] }],
    ["101 ids", { ids: Array.from({ length: 101 }, newId) }],
    ["before without all", { before: newId() }],
    ["before that is no id", { all: true, before: "yesterday" }],
    ["a list", []],
  ])("marking: %s is 400, and nothing is marked", async (_, body) => {
    await createNotifications(reader, 1);
    const answer = await call(read, { as: reader, body });
    expect({ status: answer.status, code: answer.body.error.code }).toEqual({
      status: 400,
      code: "bad_request",
    });
    expect(await countUnread(reader.userId)).toBe(1);
  });

  it.each(["?limit=0", "?limit=51", "?limit=x", "?cursor=x"])("list %s is 400", async (query) => {
    expect((await call(list, { as: reader, query })).status).toBe(400);
  });
});
