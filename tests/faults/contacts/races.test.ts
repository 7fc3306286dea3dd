import { afterAll, beforeEach, expect, it } from "vitest";
import { createChat, inviteToChat } from "@/lib/chat";
import { blockPerson, unblockPerson } from "@/lib/contacts";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { outcomeOf, runInOrder } from "@/tests/support/clients/run-in-order";
import {
  chatViolations,
  createGroup,
  readMessages,
  sendTestMessage,
} from "@/tests/support/factories/chat-tools";
import { createPeople, handleOf } from "@/tests/support/factories/people";
import { runs } from "@/tests/support/fuzz/runs";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();
afterAll(() => waitForDeferredWork());

let [ann, ben]: [Caller, Caller] = [] as never;
let handles = { ann: "", ben: "" };

beforeEach(async () => {
  [ann, ben] = await createPeople(2);
  handles = { ann: await handleOf(ann), ben: await handleOf(ben) };
});

it("a message that waits for the chat behind a block is refused, and one before it is stored", async () => {
  const { chat } = await createChat(ann, { kind: "direct", userId: ben.userId });
  const lock = { table: "Chat", id: chat.id } as const;
  const send = () => sendTestMessage(ben, chat.id, "Hello");
  const mention = () => sendTestMessage(ben, chat.id, `@[Ann](${ann.userId})`);
  for (const write of [send, mention]) {
    expect(await runInOrder(lock, () => blockPerson(ann, handles.ben), write)).toEqual([
      "done",
      "cannot_write",
    ]);
    await unblockPerson(ann, handles.ben);
    expect(await runInOrder(lock, write, () => blockPerson(ann, handles.ben))).toEqual(["done", "done"]);
    await unblockPerson(ann, handles.ben);
  }
  expect((await readMessages(ann, chat.id)).items).toHaveLength(2);
  expect(await chatViolations(chat.id)).toEqual([]);
});

it("a direct chat that is opened behind a block is refused, and one before it is closed by it", async () => {
  const open = () => createChat(ben, { kind: "direct", userId: ann.userId });
  const lock = { table: "User", id: ann.userId } as const;
  expect(await runInOrder(lock, () => blockPerson(ann, handles.ben), open)).toEqual(["done", "cannot_write"]);
  await unblockPerson(ann, handles.ben);
  expect(await runInOrder(lock, open, () => blockPerson(ann, handles.ben))).toEqual(["done", "done"]);
  const { chat } = await open();
  expect(await outcomeOf(sendTestMessage(ben, chat.id, "Hello"))).toBe("cannot_write");
});

it("a group or an invitation behind a block is refused, and one before it stays as it is", async () => {
  const membersOf = (chatId: string) =>
    db().chatMember.count({ where: { chatId, userId: { in: [ann.userId, ben.userId] }, leftAt: null } });
  for (const [inviter, invited] of [
    [ann, ben],
    [ben, ann],
  ] as const) {
    const create = async () => createGroup([inviter, invited]);
    const group = await createGroup([inviter]);
    const invite = async () => {
      await inviteToChat(inviter, group, invited);
      return group;
    };
    for (const bring of [create, invite]) {
      let chatId = "";
      const run = async () => {
        chatId = await bring();
      };
      const lock = { table: "User", id: ann.userId } as const;
      const block = () => blockPerson(ann, handles.ben);
      expect(await runInOrder(lock, block, run)).toEqual(["done", "cannot_write"]);
      expect(await membersOf(group)).toBe(1);
      await unblockPerson(ann, handles.ben);
      expect(await runInOrder(lock, run, block)).toEqual(["done", "done"]);
      expect(await membersOf(chatId)).toBe(2);
      expect(await outcomeOf(sendTestMessage(invited, chatId, "Hello"))).toBe("done");
      expect(await outcomeOf(create())).toBe("cannot_write");
      await unblockPerson(ann, handles.ben);
    }
  }
});

it("blocks of both, chats and invitations at once end in one state, without a deadlock", async () => {
  for (let round = 0; round < runs(5); round += 1) {
    const [one, two] = await createPeople(2);
    const groups = new Map([
      [one, await createGroup([one])],
      [two, await createGroup([two])],
    ]);
    const [handleOfOne, handleOfTwo] = await Promise.all([handleOf(one), handleOf(two)]);
    const opened = outcomeOf(createChat(one, { kind: "direct", userId: two.userId }));
    const outcomes = await Promise.all([
      opened,
      ...[one, two].flatMap((as) => {
        const [other, handle] = as === one ? [two, handleOfTwo] : [one, handleOfOne];
        return [
          outcomeOf(blockPerson(as, handle)),
          outcomeOf(createChat(as, { kind: "direct", userId: other.userId })),
          outcomeOf(createGroup([as, other])),
          outcomeOf(inviteToChat(as, groups.get(as) ?? "", other)),
          outcomeOf(blockPerson(as, handle).then(() => unblockPerson(as, handle))),
        ];
      }),
    ]);
    for (const outcome of outcomes) expect(["done", "cannot_write"]).toContain(outcome);
    await blockPerson(one, handleOfTwo);
    const chats = await db().chat.findMany({
      where: { kind: "direct", members: { some: { userId: one.userId } } },
      select: { isBlocked: true },
    });
    for (const { isBlocked } of chats) expect(isBlocked).toBe(true);
    await Promise.all([unblockPerson(one, handleOfTwo), unblockPerson(two, handleOfOne)]);
    const after = await db().chat.findMany({
      where: { kind: "direct", members: { some: { userId: one.userId } } },
      select: { isBlocked: true },
    });
    for (const { isBlocked } of after) expect(isBlocked).toBe(false);
  }
});
