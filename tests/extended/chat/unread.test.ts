import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deleteMessage, joinChat, leaveChat, markReadUpTo } from "@/lib/chat";
import type { Caller } from "@/lib/core/access-token";
import { createGroup, sendTestMessage, unreadState } from "@/tests/support/factories/chat-tools";
import { createPeople } from "@/tests/support/factories/people";
import { runs } from "@/tests/support/fuzz/runs";

describe("what is unread", () => {
  it("is what others said after what one has read, and was not taken back, whatever happens", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.constantFrom("send", "send", "send", "read", "delete", "leave"), fc.nat(2), fc.nat(12)),
          { minLength: 3, maxLength: 25 },
        ),
        async (steps) => {
          const crowd = await createPeople(3);
          const id = await createGroup(crowd, true);
          const said: { id: string; seq: number; by: Caller; gone: boolean }[] = [];
          const readSeq = new Map(crowd.map((each) => [each, 0]));
          for (const [what, who, which] of steps) {
            const person = crowd[who] ?? expect.fail("nobody");
            if (what === "send") {
              const { message } = await sendTestMessage(person, id, `No. ${which}`);
              said.push({ id: message.id, seq: message.seq, by: person, gone: false });
              readSeq.set(person, message.seq);
            } else if (what === "read") {
              const answer = await markReadUpTo(person, id, { seq: which });
              const upTo = Math.max(readSeq.get(person) ?? 0, Math.min(which, said.length));
              readSeq.set(person, upTo);
              expect(answer.readSeq).toBe(upTo);
              expect(answer.unreadCount).toBe((await unreadState(person, id)).unread);
            } else if (what === "delete") {
              const one = said[which % Math.max(1, said.length)];
              if (!one) continue;
              await deleteMessage(one.by, id, one.id);
              one.gone = true;
            } else {
              await leaveChat(person, id);
              expect(await unreadState(person, id)).toEqual({});
              await joinChat(person, id);
            }
            for (const each of crowd) {
              const seen = readSeq.get(each) ?? 0;
              const unread = said.filter(({ seq, by, gone }) => seq > seen && by !== each && !gone).length;
              expect(await unreadState(each, id)).toEqual({ unread, readSeq: seen });
            }
          }
        },
      ),
      { numRuns: runs(8) },
    );
  });
});
