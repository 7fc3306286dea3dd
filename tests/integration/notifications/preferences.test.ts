import { beforeEach, describe, expect, it } from "vitest";
import { GET, PATCH } from "@/app/api/me/preferences/route";
import { POST as markRead } from "@/app/api/notifications/read/route";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { preferenceKinds } from "@/lib/notifications";
import { task } from "@/lib/notifications/notifications.task";
import { getUserPresence, setOnline } from "@/lib/presence";
import { type Channel, channelKinds } from "@/lib/schemas/channels";
import { call } from "@/tests/support/clients/call";
import { readChannelLog } from "@/tests/support/clients/channel-log";
import { createPerson } from "@/tests/support/factories/people";

let person: Caller;
beforeEach(async () => {
  person = await createPerson();
});

const readPreferences = async (as = person) => (await call(GET, { as })).body.preferences;
const change = (body: unknown, as = person) => call(PATCH, { method: "PATCH", as, body });
/** The data of a channel's events with this name. */
const eventData = async (channel: Channel, event: string) =>
  (await readChannelLog(channel)).filter((each) => each.event === event).map(({ data }) => data);
const ownChannel = () => `user:${person.userId}` as const;

const newTaskContext = () => ({
  taskId: newId(),
  attempt: 1,
  signal: new AbortController().signal,
  reportProgress: async () => {},
});

/** Runs the task as a delivery does. */
async function notify(kind: string, userId = person.userId): Promise<void> {
  const context = newTaskContext();
  const payload = { userId, kind, title: "Hello", message: "there" };
  const prepared = await task.prepare(payload, context);
  await transaction((tx) => task.commit(tx, prepared, context));
  await waitForDeferredWork();
}
const countRows = () => db().notification.count({ where: { userId: person.userId } });

describe("preferences", () => {
  it("default to `all` and visible; a change leaves other settings", async () => {
    const all = Object.fromEntries(preferenceKinds.map((kind) => [kind, "all"]));
    expect(await readPreferences()).toEqual({
      hidesPresence: false,
      contactPolicy: "everyone",
      notifications: all,
      telegram: null,
    });
    const changed = await change({ notifications: { bonus: "off", sale: "quiet" } });
    expect(changed.body.preferences.notifications).toEqual({ ...all, bonus: "off", sale: "quiet" });
    await change({ hidesPresence: true });
    await change({ notifications: { bonus: "quiet" } });
    expect(await readPreferences()).toEqual({
      hidesPresence: true,
      contactPolicy: "everyone",
      telegram: null,
      notifications: { ...all, bonus: "quiet", sale: "quiet" },
    });
    expect((await readPreferences(await createPerson())).notifications).toEqual(all);
  });

  it.each([
    ["switching off notifications about money", { notifications: { sale: "off" } }],
    ["an unknown kind", { notifications: { nonsense: "all" } }],
    ["an unknown level", { notifications: { bonus: "loud" } }],
    ["something else", { name: "Me" }],
  ])("reject %s and change nothing", async (_, body) => {
    const rejected = await change({ hidesPresence: true, ...body });
    expect([rejected.status, rejected.body.error.code]).toEqual([400, "bad_request"]);
    expect(await db().user.findUnique({ where: { id: person.userId } })).toMatchObject({
      hidesPresence: false,
    });
    expect(await db().notificationPreference.count({ where: { userId: person.userId } })).toBe(0);
  });

  it("hide a user immediately and show them again, in reads and in events", async () => {
    const { userId } = person;
    await setOnline(userId, newId());
    await change({ hidesPresence: true });
    expect(await getUserPresence(userId)).toEqual({ userId, state: "offline", lastSeenAt: null });
    await change({ hidesPresence: false });
    expect((await getUserPresence(userId)).state).toBe("online");
    const personEvents = (await eventData("presence", "changed")).filter((data) =>
      JSON.stringify(data).includes(userId),
    );
    expect(personEvents).toMatchObject([
      { state: "online" },
      { state: "offline", lastSeenAt: null },
      { state: "online" },
    ]);
  });
});

describe("a notification", () => {
  it("is listed and published on the user's channel, with the unread count and the level", async () => {
    await notify("bonus");
    await change({ notifications: { bonus: "quiet" } });
    await notify("bonus");
    await notify("general");
    const [row] = await db().notification.findMany({
      where: { userId: person.userId },
      orderBy: { id: "asc" },
    });
    const published = await eventData(ownChannel(), "notification");
    expect(published).toMatchObject([
      { unreadCount: 1, level: "all" },
      { unreadCount: 2, level: "quiet" },
      { unreadCount: 3, level: "all" },
    ]);
    expect(published[0]).toMatchObject({
      notification: { id: row?.id, kind: "bonus", createdAt: row?.createdAt.toISOString(), readAt: null },
    });
    expect(channelKinds.user.events.notification.safeParse(published[0]).success).toBe(true);
  });

  it("of a disabled kind is not created, and its task is done", async () => {
    await change({ notifications: { bonus: "off" } });
    await notify("bonus");
    await notify("bonus", newId());
    expect(await countRows()).toBe(0);
    expect(await readChannelLog(ownChannel())).toEqual([]);
  });

  it("is published only after its transaction has committed", async () => {
    const context = newTaskContext();
    const prepared = await task.prepare({ userId: person.userId, kind: "general", title: "Hello" }, context);
    const failing = transaction(async (tx) => {
      await task.commit(tx, prepared, context);
      throw new Error("too late");
    });
    await expect(failing).rejects.toThrow("too late");
    expect(await readChannelLog(ownChannel())).toEqual([]);
  });

  it("that is read on one device is read on the others", async () => {
    await notify("general");
    await call(markRead, { as: person, body: { all: true } });
    expect(await eventData(ownChannel(), "unread")).toEqual([{ unreadCount: 0 }]);
  });
});
