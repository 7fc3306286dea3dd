import { afterAll, beforeEach, expect, it } from "vitest";
import { inviteToChat, leaveChat, removeMember } from "@/lib/chat";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { outcomeOf, runInOrder } from "@/tests/support/clients/run-in-order";
import {
  chatViolations,
  createFile,
  createGroup,
  readMessages,
  sendTestMessage,
} from "@/tests/support/factories/chat-tools";
import { createPeople } from "@/tests/support/factories/people";
import { runs } from "@/tests/support/fuzz/runs";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();
afterAll(() => waitForDeferredWork());

let [owner, member]: [Caller, Caller] = [] as never;
let group = "";

beforeEach(async () => {
  [owner, member] = await createPeople(2);
  group = await createGroup([owner, member]);
});

it("a message that waits for the chat behind its author's removal or leave is refused, and one before it is stored", async () => {
  const lock = { table: "Chat", id: group } as const;
  const remove = () => removeMember(owner, group, member.userId);
  const leave = () => leaveChat(member, group);
  const writes = [
    () => sendTestMessage(member, group, "Hello"),
    () => sendTestMessage(member, group, `@[Owner](${owner.userId})`),
    async () => sendTestMessage(member, group, "", { attachmentIds: [await createFile(member)] }),
  ];
  let stored = 0;
  for (const end of [remove, leave]) {
    for (const write of writes) {
      expect(await runInOrder(lock, end, write)).toEqual(["done", "not_found"]);
      expect((await readMessages(owner, group)).items).toHaveLength(stored);
      await inviteToChat(owner, group, member);
      expect(await runInOrder(lock, write, end)).toEqual(["done", "done"]);
      stored += 1;
      expect((await readMessages(owner, group)).items).toHaveLength(stored);
      await inviteToChat(owner, group, member);
    }
  }
  expect(await chatViolations(group)).toEqual([]);
});

it("nothing of a removed member is stored once the removal has returned, while they send all the time", async () => {
  for (let round = 0; round < runs(10); round += 1) {
    let isRemoved = false;
    const outcomes: string[] = [];
    const sending = Array.from({ length: 6 }, async (_, sender) => {
      for (let n = 0; !isRemoved || n < 5; n += 1)
        outcomes.push(await outcomeOf(sendTestMessage(member, group, `No. ${sender}.${n}`)));
    });
    await removeMember(owner, group, member.userId);
    const { lastSeq } = await db().chat.findUniqueOrThrow({
      where: { id: group },
      select: { lastSeq: true },
    });
    isRemoved = true;
    await Promise.all(sending);
    expect((await readMessages(owner, group)).lastSeq).toBe(lastSeq);
    expect(new Set(outcomes)).toContain("not_found");
    for (const outcome of outcomes) expect(["done", "not_found"]).toContain(outcome);
    expect(await chatViolations(group)).toEqual([]);
    await inviteToChat(owner, group, member);
  }
});
