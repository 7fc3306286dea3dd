import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deleteMessage, joinChat, leaveChat, markReadUpTo } from "@/lib/chat";
import type { Caller } from "@/lib/core/access-token";
import { createGroup, sendTestMessage, unreadState } from "@/tests/support/factories/chat-tools";
import { createPeople } from "@/tests/support/factories/people";
import { runs } from "@/tests/support/fuzz/runs";

describe("the unread count", () => {
  it("equals other users' messages after the read marker that were not deleted, after any operations", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.constantFrom("send", "send", "send", "read", "delete", "leave"), fc.nat(2), fc.nat(12)),
          { minLength: 3, maxLength: 25 },
        ),
        async (steps) => {
          const users = await createPeople(3);
          const id = await createGroup(users, true);
          const messages: { id: string; seq: number; by: Caller; gone: boolean }[] = [];
          const readSeq = new Map(users.map((each) => [each, 0]));
          for (const [what, userIndex, which] of steps) {
            const person = users[userIndex] ?? expect.fail("no user");
            if (what === "send") {
              const { message } = await sendTestMessage(person, id, `No. ${which}`);
              messages.push({ id: message.id, seq: message.seq, by: person, gone: false });
              readSeq.set(person, message.seq);
            } else if (what === "read") {
              const response = await markReadUpTo(person, id, { seq: which });
              const upTo = Math.max(readSeq.get(person) ?? 0, Math.min(which, messages.length));
              readSeq.set(person, upTo);
              expect(response.readSeq).toBe(upTo);
              expect(response.unreadCount).toBe((await unreadState(person, id)).unread);
            } else if (what === "delete") {
              const one = messages[which % Math.max(1, messages.length)];
              if (!one) continue;
              await deleteMessage(one.by, id, one.id);
              one.gone = true;
            } else {
              await leaveChat(person, id);
              expect(await unreadState(person, id)).toEqual({});
              await joinChat(person, id);
            }
            for (const each of users) {
              const seen = readSeq.get(each) ?? 0;
              const unread = messages.filter(
                ({ seq, by, gone }) => seq > seen && by !== each && !gone,
              ).length;
              expect(await unreadState(each, id)).toEqual({ unread, readSeq: seen });
            }
          }
        },
      ),
      { numRuns: runs(8) },
    );
  });
});
