import { beforeEach, describe, expect, it } from "vitest";
import { POST as join } from "@/app/api/chats/[id]/join/route";
import { POST as leave } from "@/app/api/chats/[id]/leave/route";
import { POST as invite } from "@/app/api/chats/[id]/members/route";
import { GET as messages, POST as write } from "@/app/api/chats/[id]/messages/route";
import { POST as readTo } from "@/app/api/chats/[id]/read/route";
import { PATCH as change, GET as detail } from "@/app/api/chats/[id]/route";
import { GET as open } from "@/app/api/chats/open/route";
import { POST as create, GET as list } from "@/app/api/chats/route";
import { GET as peopleRoute } from "@/app/api/people/route";
import { deleteMessage, filterMemberChatIds, joinChat, leaveChat } from "@/lib/chat";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { readChannelLog } from "@/tests/support/clients/channel-log";
import {
  createGroup,
  createMessages,
  readMessages,
  sendTestMessage,
  unreadState,
} from "@/tests/support/factories/chat-tools";
import { createPeople, createPerson } from "@/tests/support/factories/people";

let [owner, member, stranger]: [Caller, Caller, Caller] = [] as never;

beforeEach(async () => {
  [owner, member, stranger] = await createPeople(3);
});

const at = (handler: Parameters<typeof call>[0], as: Caller, id: string, body?: object, method?: string) =>
  call(handler, { as, params: { id }, body, ...(method ? { method } : {}) });
const listed = async (as: Caller, query = "") => (await call(list, { as, query })).body;
const idsOf = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id);

describe("a direct chat", () => {
  it("exists once for two users, whoever opens it, also concurrently", async () => {
    const openers = [owner, member, owner, member].map((as) => ({
      as,
      body: { kind: "direct", userId: (as === owner ? member : owner).userId },
    }));
    const responses = await Promise.all(openers.map((each) => call(create, each)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
    expect(new Set(responses.map(({ body }) => body.chat.id)).size).toBe(1);
    const { chat } = responses[0]?.body ?? {};
    expect(chat).toMatchObject({
      ...{ kind: "direct", title: null, open: false, membersCount: 2, lastMessage: null, joined: true },
      ...{ lastSeq: 0, revision: 0, readSeq: 0, unreadCount: 0, role: "member" },
    });
    expect(chat.members.map(({ userId }: { userId: string }) => userId).sort()).toEqual(
      [owner.userId, member.userId].sort(),
    );
    for (const as of [owner, member]) expect(idsOf(await listed(as))).toEqual([chat.id]);
    expect((await at(detail, stranger, chat.id)).status).toBe(404);
    // A direct chat has no other members.
    expect((await at(join, owner, chat.id, {})).status).toBe(409);
    expect((await at(join, stranger, chat.id, {})).status).toBe(404);
    expect((await at(invite, owner, chat.id, { userId: stranger.userId })).status).toBe(409);
    expect((await at(change, owner, chat.id, { title: "Ours" }, "PATCH")).status).toBe(409);
  });

  it("requires an existing user other than the caller", async () => {
    const status = async (userId: string) =>
      (await call(create, { as: owner, body: { kind: "direct", userId } })).status;
    expect(await status(owner.userId)).toBe(400);
    expect(await status(newId())).toBe(404);
  });
});

describe("a group", () => {
  it("has its members, who are notified", async () => {
    const memberIds = [member.userId, owner.userId, member.userId];
    const { status, body } = await call(create, {
      as: owner,
      body: { kind: "group", title: "  Полутон ", memberIds },
    });
    expect(status).toBe(201);
    expect(body.chat).toMatchObject({ title: "Полутон", membersCount: 2, role: "owner" });
    expect(body.chat.members.map(({ userId, role }: Record<string, string>) => [userId, role])).toEqual([
      [owner.userId, "owner"],
      [member.userId, "member"],
    ]);
    const tasks = await db().task.findMany({
      where: { key: { startsWith: "chat-invite:" }, ownerId: owner.userId },
    });
    expect(tasks).toMatchObject([
      {
        payload: {
          ...{ userId: member.userId, kind: "chat_invite" },
          data: { chatId: body.chat.id, chatTitle: "Полутон", byName: owner.name },
        },
      },
    ]);
  });

  it.each([
    ["no title", { title: " " }],
    ["a long title", { title: "x".repeat(81) }],
    ["a title that cannot be stored", { title: "a\0b" }],
    ["unknown members", { title: "A", memberIds: [newId()] }],
    ["too many members", { title: "A", memberIds: Array.from({ length: 200 }, newId) }],
  ])("%s: no group is created", async (_, body) => {
    const { status } = await call(create, { as: owner, body: { kind: "group", ...body } });
    expect([400, 404]).toContain(status);
    expect((await listed(owner)).items).toEqual([]);
  });

  it("is invisible to others when closed; an open one can be seen, found and joined", async () => {
    const id = await createGroup([owner, member]);
    await sendTestMessage(owner, id, "Inside");
    for (const handler of [detail, messages]) expect((await at(handler, stranger, id)).status).toBe(404);
    expect((await at(join, stranger, id, {})).status).toBe(404);
    expect((await at(change, member, id, { open: true }, "PATCH")).status).toBe(403);
    expect((await at(change, owner, id, { open: true, title: "Open" }, "PATCH")).body.chat).toMatchObject({
      open: true,
      title: "Open",
    });
    const seen = (await at(detail, stranger, id)).body.chat;
    expect(seen).toMatchObject({ joined: false, lastMessage: null, unreadCount: 0, membersCount: 2 });
    expect(JSON.stringify(seen)).not.toContain("Inside");
    expect(seen.members.map(({ readSeq }: { readSeq: number }) => readSeq)).toEqual([0, 0]);
    expect((await at(messages, stranger, id)).status).toBe(404);
    const found = (await call(open, { as: stranger, query: "?limit=50" })).body.items;
    expect(found).toContainEqual(
      expect.objectContaining({ id, title: "Open", membersCount: 2, joined: false }),
    );

    const joined = (await at(join, stranger, id, {})).body.chat;
    // Earlier messages are not unread, and can be read.
    expect(joined).toMatchObject({ joined: true, role: "member", unreadCount: 0, readSeq: 1 });
    expect((await at(join, stranger, id, {})).status).toBe(200);
    expect((await readMessages(stranger, id)).items).toHaveLength(1);
    expect(await filterMemberChatIds(stranger.userId, [id, newId()])).toEqual(new Set([id]));
  });

  it("deleted messages are removed from the log, and a new member gets only later events", async () => {
    const id = await createGroup([owner, member], true);
    const channel = `chat:${id}` as const;
    const { message } = await sendTestMessage(owner, id, "A secret");
    await sendTestMessage(owner, id, "Something else");
    expect(JSON.stringify(await readChannelLog(channel))).toContain("A secret");
    await deleteMessage(owner, id, message.id);
    expect(JSON.stringify(await readChannelLog(channel))).not.toContain("A secret");
    await sendTestMessage(owner, id, "Among us");
    await at(join, stranger, id, {});
    expect(JSON.stringify(await readChannelLog(channel))).not.toContain("Among us");
  });

  it("a member who left cannot read, stays next to their messages, and sees all after rejoining", async () => {
    const id = await createGroup([owner, member, stranger]);
    await sendTestMessage(member, id, "Mine");
    for (const who of [member, stranger]) expect((await at(leave, who, id, {})).body).toEqual({});
    expect((await at(leave, member, id, {})).status).toBe(404);
    for (const handler of [detail, messages]) expect((await at(handler, member, id)).status).toBe(404);
    expect((await at(write, member, id, { clientId: newId(), text: "Still" })).status).toBe(404);
    expect((await listed(member)).items).toEqual([]);
    expect(await filterMemberChatIds(member.userId, [id])).toEqual(new Set());
    // The former member without messages is not listed.
    expect((await at(detail, owner, id)).body.chat).toMatchObject({
      membersCount: 1,
      members: [
        { userId: owner.userId, left: false },
        { userId: member.userId, left: true },
      ],
    });
    await sendTestMessage(owner, id, "Meanwhile");
    for (let round = 0; round < 2; round += 1) {
      expect((await at(invite, owner, id, { userId: member.userId })).status).toBe(200);
    }
    expect(await db().task.count({ where: { payload: { path: ["userId"], equals: member.userId } } })).toBe(
      2,
    );
    expect((await readMessages(member, id)).items.map(({ text }) => text)).toEqual(["Mine", "Meanwhile"]);
    expect((await listed(member)).items[0]).toMatchObject({ id, unreadCount: 1, readSeq: 1 });
    expect((await at(invite, owner, id, { userId: newId() })).status).toBe(404);
    expect((await at(invite, stranger, id, { userId: member.userId })).status).toBe(404);
  });

  it("always has an owner while it has members: the longest-standing one", async () => {
    const id = await createGroup([owner, member, stranger], true);
    const owners = async () =>
      (await db().chatMember.findMany({ where: { chatId: id, role: "owner", leftAt: null } })).map(
        ({ userId }) => userId,
      );
    expect(await owners()).toEqual([owner.userId]);
    for (const [who, next] of [
      [owner, member],
      [member, stranger],
    ] as const) {
      await leaveChat(who, id);
      expect(await owners()).toEqual([next.userId]);
    }
    await leaveChat(stranger, id);
    expect(await owners()).toEqual([]);
    await joinChat(member, id);
    await joinChat(owner, id);
    expect(await owners()).toEqual([member.userId]);
  });

  it("has at most 200 members, also when two users join concurrently", async () => {
    const id = await createGroup([owner], true);
    const users = await createPeople(198);
    await db().chatMember.createMany({ data: users.map(({ userId }) => ({ chatId: id, userId })) });
    const responses = await Promise.all([at(join, member, id, {}), at(join, stranger, id, {})]);
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await at(detail, owner, id)).body.chat).toMatchObject({ membersCount: 200 });
  });
});

describe("the list", () => {
  it("has the latest chat first, each once on any pages, with its last message and members", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await createGroup([owner, member]));
    await sendTestMessage(member, ids[1] ?? "", "Latest 🎧");
    await sendTestMessage(owner, ids[3] ?? "", "Later still");
    const all = await listed(owner);
    expect(idsOf(all)).toEqual([ids[3], ids[1], ids[4], ids[2], ids[0]]);
    expect(all.items[1]).toMatchObject({
      ...{ title: "A group", lastSeq: 1, revision: 1, readSeq: 0, unreadCount: 1, membersCount: 2 },
      lastMessage: { text: "Latest 🎧", authorName: member.name },
      members: [{ userId: owner.userId }, { userId: member.userId }],
    });
    expect(all).toMatchObject({ nextCursor: null, unreadCount: 1 });
    const paged: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof listed>> = await listed(
        owner,
        `?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      expect(page.unreadCount).toBe(1);
      paged.push(...idsOf(page));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(idsOf(all));
    expect((await call(list, { as: owner, query: "?cursor=x" })).status).toBe(400);
  });
});

describe("the unread count", () => {
  it("stops at 100, and the read marker never moves back or beyond the end", async () => {
    const id = await createGroup([owner, member]);
    await createMessages(owner, id, { to: 130 });
    expect(await unreadState(member, id)).toEqual({ unread: 100, readSeq: 0 });
    const responses = await Promise.all([40, 20, 30].map((seq) => at(readTo, member, id, { seq })));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await unreadState(member, id)).toEqual({ unread: 90, readSeq: 40 });
    expect((await at(readTo, member, id, { seq: 2 ** 40 })).body).toEqual({ readSeq: 130, unreadCount: 0 });
    expect((await at(readTo, member, id, { seq: 1 })).body).toEqual({ readSeq: 130, unreadCount: 0 });
    expect((await at(readTo, stranger, id, { seq: 1 })).status).toBe(404);
  });
});

it("users are found by name, in any case, without the caller and without addresses", async () => {
  const word = `Ёж${newId().slice(-6)}`;
  const [one, me] = [await createPerson("artist"), await createPerson()];
  for (const { userId } of [one, me])
    await db().user.update({ where: { id: userId }, data: { name: `Юный ${word}` } });
  const found = async (q: string) =>
    (await call(peopleRoute, { as: me, query: `?q=${encodeURIComponent(q)}` })).body.items;
  expect(await found(word.toLowerCase())).toEqual([{ id: one.userId, name: `Юный ${word}`, role: "artist" }]);
  expect(await found(`${one.userId}@test`)).toEqual([]);
  expect((await found("")).length).toBe(20);
});

it("a name is found however it is spelled: ё or е, NFC or NFD, accents, any kind of space", async () => {
  const word = newId().slice(-8);
  const me = await createPerson();
  const names = [`Лёша ${word}й`, `Zoë\u00a0\u202f${word}`, `Mr 100%_ ${word}`, `Яна Лёша ${word}`];
  const people = await createPeople(names.length);
  for (const [at, { userId }] of people.entries())
    await db().user.update({ where: { id: userId }, data: { name: names[at] ?? "" } });
  const found = async (q: string) =>
    (await call(peopleRoute, { as: me, query: `?q=${encodeURIComponent(q)}` })).body.items
      .map(({ name }: { name: string }) => names.indexOf(name))
      .filter((at: number) => at >= 0);
  // Names that begin with the term come first.
  for (const q of [`Леша ${word}`, `лёша ${word}`, `ЛЁША\u00a0${word}`.normalize("NFD"), `леша  ${word}`])
    expect(await found(q)).toEqual([0, 3]);
  expect(await found(`леша ${word}и`)).toEqual([0]);
  expect(await found(`zoe ${word}`)).toEqual([1]);
  expect(await found(`100%_ ${word}`)).toEqual([2]);
  expect(await found(`1_0%_ ${word}`)).toEqual([]);
  expect(await found(word.slice(1))).toHaveLength(4);
  // One or two characters are searched at the beginnings of words only.
  expect(await found(word.slice(0, 2))).toEqual(expect.any(Array));
});
