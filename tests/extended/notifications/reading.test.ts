import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { POST as markRead } from "@/app/api/notifications/read/route";
import { GET as list } from "@/app/api/notifications/route";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { countUnread } from "@/lib/notifications";
import { call } from "@/tests/support/clients/call";
import { createNotifications } from "@/tests/support/factories/notifications";
import { createPerson } from "@/tests/support/factories/people";
import { runs } from "@/tests/support/fuzz/runs";

let reader: Caller;
beforeEach(async () => {
  reader = await createPerson();
});

const listPage = async (query = "", as = reader) => (await call(list, { as, query })).body;
const mark = async (body: unknown, as = reader) => (await call(markRead, { as, body })).body;

describe("listing and marking as read", () => {
  it("any page sizes return each of the user's notifications once, newest first", async () => {
    const other = await createPerson();
    const [ids] = await Promise.all([createNotifications(reader, 23), createNotifications(other, 5)]);
    const newestFirst = [...ids].reverse();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        async (limits) => {
          const received: string[] = [];
          let cursor: string | null = null;
          let page = 0;
          do {
            const limit = limits[page++ % limits.length];
            const body: { items: { id: string }[]; nextCursor: string | null } = await listPage(
              `?limit=${limit}${cursor === null ? "" : `&cursor=${cursor}`}`,
            );
            expect(body.items.length).toBeLessThanOrEqual(limit ?? 0);
            received.push(...body.items.map(({ id }) => id));
            cursor = body.nextCursor;
          } while (cursor !== null);
          expect(received).toEqual(newestFirst);
        },
      ),
      { numRuns: runs(15) },
    );
  });

  it("any order of marking as read leaves exactly the rest unread", async () => {
    const commandArbitrary = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ ids: fc.array(fc.nat(20), { maxLength: 4 }) }),
      fc.record({ before: fc.nat(20) }),
      fc.constant({ all: true as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(commandArbitrary, { maxLength: 8 }), async (commands) => {
        const person = await createPerson();
        const other = await createPerson();
        const [foreign = ""] = await createNotifications(other, 1);
        const model: { id: string; unread: boolean }[] = [];
        /** The id of a notification; another user's while there are none. */
        const idAt = (index: number) => model[index % Math.max(1, model.length)]?.id ?? foreign;
        const markWhere = (matches: (id: string) => boolean) => {
          for (const entry of model) if (matches(entry.id)) entry.unread = false;
        };
        for (const command of commands) {
          if ("add" in command) {
            for (const id of await createNotifications(person, command.add)) model.push({ id, unread: true });
            continue;
          }
          let body: unknown = { all: true };
          if ("ids" in command) {
            const ids = [...command.ids.map(idAt), foreign, newId()];
            body = { ids };
            markWhere((id) => ids.includes(id));
          } else if ("before" in command) {
            const before = idAt(command.before);
            body = { all: true, before };
            markWhere((id) => id <= before);
          } else markWhere(() => true);
          const unread = model.filter((entry) => entry.unread).length;
          expect(await mark(body, person)).toEqual({ unreadCount: unread });
        }
        const { items } = await listPage("?limit=50", person);
        expect(
          items.map(({ id, readAt }: { id: string; readAt: string | null }) => ({
            id,
            unread: readAt === null,
          })),
        ).toEqual([...model].reverse());
        expect(await countUnread(other.userId)).toBe(1);
      }),
      { numRuns: runs(15) },
    );
  });
});
