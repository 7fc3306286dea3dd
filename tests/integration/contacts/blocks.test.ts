import { beforeEach, describe, expect, it } from "vitest";
import { POST as invite } from "@/app/api/chats/[id]/members/route";
import { PATCH as edit } from "@/app/api/chats/[id]/messages/[messageId]/route";
import { GET as messages, POST as write } from "@/app/api/chats/[id]/messages/route";
import { GET as detail } from "@/app/api/chats/[id]/route";
import { GET as chats, POST as create } from "@/app/api/chats/route";
import { GET as blocks } from "@/app/api/me/blocks/route";
import { PUT as block, DELETE as unblock } from "@/app/api/people/[handle]/block/route";
import { GET as find } from "@/app/api/people/route";
import { GET as presence } from "@/app/api/presence/route";
import { createStreamRights } from "@/app/api/realtime/channel-guards";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { task as notificationTask } from "@/lib/notifications/notifications.task";
import { leave, setOnline } from "@/lib/presence";
import { call } from "@/tests/support/clients/call";
import { createGroup, sendTestMessage } from "@/tests/support/factories/chat-tools";
import { createPeople, handleOf } from "@/tests/support/factories/people";

let [ann, ben, eve]: [Caller, Caller, Caller] = [] as never;

beforeEach(async () => {
  [ann, ben, eve] = await createPeople(3);
});

const blockBy = async (as: Caller, whom: Caller) =>
  call(block, { as, method: "PUT", params: { handle: await handleOf(whom) } });
const unblockBy = async (as: Caller, whom: Caller) =>
  call(unblock, { as, method: "DELETE", params: { handle: await handleOf(whom) } });
const openDirect = (as: Caller, whom: Caller) =>
  call(create, { as, body: { kind: "direct", userId: whom.userId } });
const send = (as: Caller, id: string, text = "Hello") =>
  call(write, { as, params: { id }, body: { clientId: newId(), text } });
const read = async (as: Caller, id: string) => (await call(detail, { as, params: { id } })).body.chat;

const BOTH_DIRECTIONS = [
  ["who blocks", (): [Caller, Caller] => [ann, ben]],
  ["who is blocked", (): [Caller, Caller] => [ben, ann]],
] as const;

describe("after a block", () => {
  it.each(BOTH_DIRECTIONS)("%s cannot begin a direct chat, and reads the same reason", async (_, pair) => {
    const [as, other] = pair();
    expect((await blockBy(ann, ben)).body).toEqual({ blocked: true });
    const { status, body } = await openDirect(as, other);
    expect(status).toBe(403);
    expect(body.error).toMatchObject({ code: "cannot_write" });
    expect((await openDirect(as, eve)).status).toBe(201);
  });

  it.each(BOTH_DIRECTIONS)("%s writes nothing in the existing chat, and reads it", async (_, pair) => {
    const [as, other] = pair();
    const { id } = (await openDirect(ann, ben)).body.chat;
    const { message } = (await send(as, id, "Before")).body;
    await blockBy(ann, ben);
    for (const refused of [
      await send(as, id),
      await send(as, id, `@[Other](${other.userId})`),
      await call(write, {
        ...{ as, params: { id } },
        body: { clientId: newId(), text: "An answer", replyToId: message.id },
      }),
      await call(edit, {
        ...{ as, method: "PATCH", params: { id, messageId: message.id } },
        body: { text: "An edit is a message too" },
      }),
    ]) {
      expect(refused.status).toBe(403);
      expect(refused.body.error.code).toBe("cannot_write");
    }
    expect((await openDirect(as, other)).body.chat.id).toBe(id);
    const { items } = (await call(messages, { as, params: { id } })).body;
    expect(items.map(({ text }: { text: string }) => text)).toEqual(["Before"]);
    const { blockedIds, unreachableIds } = await read(as, id);
    // Only the blocker learns who made it.
    expect({ blockedIds, unreachableIds }).toEqual({
      blockedIds: as === ann ? [ben.userId] : [],
      unreachableIds: [other.userId],
    });
  });

  it("of both, the chat opens again when both are lifted", async () => {
    const { id } = (await openDirect(ann, ben)).body.chat;
    await blockBy(ann, ben);
    await blockBy(ben, ann);
    expect((await unblockBy(ann, ben)).body).toEqual({ blocked: false });
    expect((await send(ann, id)).status).toBe(403);
    await unblockBy(ben, ann);
    expect((await send(ann, id)).status).toBe(201);
    expect(await read(ann, id)).toMatchObject({ blockedIds: [], unreachableIds: [] });
  });

  it.each(BOTH_DIRECTIONS)("%s does not find the other, nor adds them to a group", async (_, pair) => {
    const [as, other] = pair();
    const group = await createGroup([as, eve]);
    const found = async () =>
      (await call(find, { as, query: `?q=${encodeURIComponent(other.name)}` })).body.items.map(
        ({ id }: { id: string }) => id,
      );
    expect(await found()).toContain(other.userId);
    await blockBy(ann, ben);
    expect(await found()).not.toContain(other.userId);
    const invited = await call(invite, { as, params: { id: group }, body: { userId: other.userId } });
    expect(invited.body.error?.code).toBe("cannot_write");
    const created = await call(create, {
      as,
      body: { kind: "group", title: "G", memberIds: [other.userId] },
    });
    expect(created.body.error?.code).toBe("cannot_write");
  });

  it.each(BOTH_DIRECTIONS)("%s sees the other as offline, who others see as online", async (_, pair) => {
    const [as, other] = pair();
    const stateFor = async (reader: Caller) =>
      (await call(presence, { as: reader, query: `?userIds=${other.userId}` })).body.items[0];
    const socket = newId();
    await setOnline(other.userId, socket);
    expect((await stateFor(as)).state).toBe("online");
    await blockBy(ann, ben);
    expect(await stateFor(as)).toEqual({ userId: other.userId, state: "offline", lastSeenAt: null });
    expect((await stateFor(eve)).state).toBe("online");
    await leave(other.userId, socket);
  });

  it.each(BOTH_DIRECTIONS)("%s gets no event of what the other does, but of messages", async (_, pair) => {
    const [as, other] = pair();
    const stream = createStreamRights({
      ...{ ...as, sessionId: newId(), authenticatedAt: new Date().toISOString() },
    });
    const omitted = async (userId: string) => {
      await stream.authorizeChannels(["presence"]);
      const chat = `chat:${newId()}` as const;
      return {
        presence: stream.omits({ channel: "presence", event: "changed", data: { userId } }),
        typing: stream.omits({ channel: chat, event: "typing", data: { userId } }),
        read: stream.omits({ channel: chat, event: "read", data: { userId } }),
        message: stream.omits({ channel: chat, event: "message", data: { authorId: userId } }),
      };
    };
    const none = { presence: false, typing: false, read: false, message: false };
    expect(await omitted(other.userId)).toEqual(none);
    await blockBy(ann, ben);
    expect(await omitted(other.userId)).toEqual({ presence: true, typing: true, read: true, message: false });
    expect(await omitted(eve.userId)).toEqual(none);
    await unblockBy(ann, ben);
    expect(await omitted(other.userId)).toEqual(none);
  });

  it.each(BOTH_DIRECTIONS)("%s is not notified of the other's mentions and invitations", async (_, pair) => {
    const [as, other] = pair();
    const deliver = (data: object, kind: string) =>
      transaction((tx) =>
        notificationTask.commit(tx, { userId: as.userId, kind, data } as never, { taskId: newId() } as never),
      );
    const chat = { chatId: newId(), chatTitle: "A group" };
    const deliverAll = async (from: Caller) => {
      await deliver({ ...chat, messageId: newId(), authorId: from.userId, authorName: "A" }, "mention");
      await deliver({ ...chat, byId: from.userId, byName: "A" }, "chat_invite");
      return db().notification.count({ where: { userId: as.userId } });
    };
    expect(await deliverAll(other)).toBe(2);
    await blockBy(ann, ben);
    expect(await deliverAll(other)).toBe(2);
    expect(await deliverAll(eve)).toBe(4);
  });

  it("both still write in a shared group; its detail and the list name whom the reader has blocked", async () => {
    const group = await createGroup([eve, ann, ben]);
    await blockBy(ann, ben);
    for (const as of [ann, ben]) expect((await sendTestMessage(as, group, "Hello all")).created).toBe(true);
    expect(await read(ann, group)).toMatchObject({
      ...{ blockedIds: [ben.userId], unreachableIds: [ben.userId] },
    });
    expect(await read(ben, group)).toMatchObject({ blockedIds: [], unreachableIds: [ann.userId] });
    expect(await read(eve, group)).toMatchObject({ blockedIds: [], unreachableIds: [] });
    const blockedIn = async (as: Caller) => (await call(chats, { as })).body.blockedIds;
    expect([await blockedIn(ann), await blockedIn(ben), await blockedIn(eve)]).toEqual([
      [ben.userId],
      [],
      [],
    ]);
  });
});

it("the list has whom the caller has blocked, the latest first, and nobody else's", async () => {
  await blockBy(ann, ben);
  await blockBy(ann, ben);
  await blockBy(ann, eve);
  await blockBy(ben, ann);
  const { body } = await call(blocks, { as: ann });
  expect(body.items).toEqual(
    await Promise.all(
      [eve, ben].map(async (person) => ({
        person: { id: person.userId, handle: await handleOf(person), name: person.name },
        createdAt: expect.any(String),
      })),
    ),
  );
});

it("a person that does not exist, or oneself, cannot be blocked", async () => {
  const unknown = await call(block, { as: ann, method: "PUT", params: { handle: `x-${newId().slice(-8)}` } });
  expect(unknown.status).toBe(404);
  const own = await blockBy(ann, ann);
  expect(own.status).toBe(400);
});
