import { beforeEach, describe, expect, it } from "vitest";
import { POST as join } from "@/app/api/chats/[id]/join/route";
import { POST as leave } from "@/app/api/chats/[id]/leave/route";
import { DELETE as remove } from "@/app/api/chats/[id]/members/[userId]/route";
import { POST as invite } from "@/app/api/chats/[id]/members/route";
import { POST as write } from "@/app/api/chats/[id]/messages/route";
import { GET as detail } from "@/app/api/chats/[id]/route";
import { GET as list } from "@/app/api/chats/route";
import { createChat, filterMemberChatIds, listChatIds } from "@/lib/chat";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { readChannelLog } from "@/tests/support/clients/channel-log";
import { createGroup, sendTestMessage } from "@/tests/support/factories/chat-tools";
import { createPeople, createPerson } from "@/tests/support/factories/people";

let [owner, member, other]: [Caller, Caller, Caller] = [] as never;

beforeEach(async () => {
  [owner, member, other] = await createPeople(3);
});

const at = (handler: Parameters<typeof call>[0], as: Caller, id: string, body: object = {}) =>
  call(handler, { as, params: { id }, body });
const removeAs = (as: Caller, id: string, { userId }: Caller) =>
  call(remove, { as, method: "DELETE", params: { id, userId } });

describe("a direct chat that was left", () => {
  it("is in the list again with the next message, unread, for the one who left alone", async () => {
    const { id } = (await createChat(owner, { kind: "direct", userId: member.userId })).chat;
    await sendTestMessage(member, id, "First");
    const listed = async (as: Caller) => {
      const { items, unreadCount } = (await call(list, { as })).body;
      expect(await listChatIds(as.userId, 10)).toEqual(items.map((chat: { id: string }) => chat.id));
      return { ids: items.map((chat: { id: string }) => chat.id), unreadCount };
    };
    expect(await listed(owner)).toEqual({ ids: [id], unreadCount: 1 });
    expect((await at(leave, owner, id)).status).toBe(200);
    expect((await at(leave, owner, id)).status).toBe(200);
    expect(await listed(owner)).toEqual({ ids: [], unreadCount: 0 });
    expect(await listed(member)).toEqual({ ids: [id], unreadCount: 0 });
    // The other one still sees with whom the chat is.
    expect((await call(list, { as: member })).body.items[0].members).toHaveLength(2);

    await sendTestMessage(member, id, "Second");
    expect(await listed(owner)).toEqual({ ids: [id], unreadCount: 1 });
    const events = await readChannelLog(`user:${owner.userId}`);
    expect(events.filter(({ event }) => event === "chats").length).toBeGreaterThan(1);
  });

  it("is in the list again with the one's own message", async () => {
    const { id } = (await createChat(owner, { kind: "direct", userId: member.userId })).chat;
    await at(leave, owner, id);
    await sendTestMessage(owner, id, "I changed my mind");
    expect(await listChatIds(owner.userId, 10)).toEqual([id]);
  });
});

describe("a member whom the owner removed", () => {
  it("is out at once and cannot join again; only the owner brings them back", async () => {
    const group = await createGroup([owner, member, other], true);
    await sendTestMessage(member, group, "Mine");
    expect((await removeAs(owner, group, member)).status).toBe(200);
    expect((await removeAs(owner, group, member)).status).toBe(200);
    expect(await filterMemberChatIds(member.userId, [group])).toEqual(new Set());
    const sent = await call(write, {
      ...{ as: member, params: { id: group } },
      body: { clientId: newId(), text: "Still here?" },
    });
    expect(sent.status).toBe(404);
    expect((await at(join, member, group)).status).toBe(403);
    expect((await at(invite, other, group, { userId: member.userId })).status).toBe(403);
    const { chat } = (await call(detail, { as: owner, params: { id: group } })).body;
    expect(chat.members).toContainEqual(expect.objectContaining({ userId: member.userId, left: true }));

    expect((await at(invite, owner, group, { userId: member.userId })).status).toBe(200);
    expect((await at(leave, member, group)).status).toBe(200);
    expect((await at(join, member, group)).status).toBe(200);
  });

  it("who had left before cannot join either", async () => {
    const group = await createGroup([owner, member], true);
    await at(leave, member, group);
    await removeAs(owner, group, member);
    expect((await at(join, member, group)).status).toBe(403);
  });
});

it("only the owner and administrators remove members, and nobody themselves", async () => {
  const group = await createGroup([owner, member, other]);
  expect((await removeAs(member, group, other)).status).toBe(403);
  expect((await removeAs(await createPerson(), group, other)).status).toBe(404);
  expect((await removeAs(owner, group, owner)).status).toBe(400);
  expect((await removeAs(owner, group, await createPerson())).status).toBe(404);
  const { id: direct } = (await createChat(owner, { kind: "direct", userId: member.userId })).chat;
  expect((await removeAs(owner, direct, member)).status).toBe(409);

  // A group without its owner passes to the longest-standing member.
  expect((await removeAs(await createPerson("admin"), group, owner)).status).toBe(200);
  const [heir] = await db().chatMember.findMany({ where: { chatId: group, role: "owner", leftAt: null } });
  expect(heir?.userId).toBe(member.userId);
});
