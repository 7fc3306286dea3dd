import { afterAll, beforeEach, expect, it } from "vitest";
import { createChat } from "@/lib/chat";
import { blockPerson, unblockPerson } from "@/lib/contacts";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { chatViolations, readMessages, sendTestMessage } from "@/tests/support/factories/chat-tools";
import { createPeople } from "@/tests/support/factories/people";
import { runs } from "@/tests/support/fuzz/runs";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();
afterAll(() => waitForDeferredWork());

let [ann, ben]: [Caller, Caller] = [] as never;
let handles = { ann: "", ben: "" };

beforeEach(async () => {
  const [one, two] = await createPeople(2);
  if (!one || !two) throw new Error("a user is missing");
  [ann, ben] = [one, two];
  const handleOf = async ({ userId }: Caller) =>
    (await db().user.findUniqueOrThrow({ where: { id: userId }, select: { handle: true } })).handle;
  handles = { ann: await handleOf(ann), ben: await handleOf(ben) };
});

/** The outcome of work that may be refused. */
const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: { code?: string }) => error.code ?? String(error),
  );

/** Backends that wait for a lock of a row of this database. */
async function countWaiting(): Promise<number> {
  const [row] = await db().$queryRaw<{ count: number }[]>`
SELECT count(*)::int AS count FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return row?.count ?? 0;
}

/** Runs both while a row is locked, so that they wait for it in this order, and then releases it. */
async function runInOrder(
  lock: { table: "Chat" | "User"; id: string },
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
): Promise<string[]> {
  const waitingBefore = await countWaiting();
  const outcomes: Promise<string>[] = [];
  await db().$transaction(
    async (tx) => {
      await tx.$executeRawUnsafe(`SELECT 1 FROM "${lock.table}" WHERE id = $1::uuid FOR UPDATE`, lock.id);
      for (const [index, run] of [first, second].entries()) {
        outcomes.push(outcomeOf(run()));
        await waitUntil("it waits for the row", async () => (await countWaiting()) > waitingBefore + index);
      }
    },
    { timeout: 20_000 },
  );
  return Promise.all(outcomes);
}

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

it("blocks of both, messages and chats at once end in one state, without a deadlock", async () => {
  for (let round = 0; round < runs(5); round += 1) {
    const [one, two] = await createPeople(2);
    if (!one || !two) throw new Error("a user is missing");
    const users = await db().user.findMany({
      where: { id: { in: [one.userId, two.userId] } },
      select: { id: true, handle: true },
    });
    const handleOf = (person: Caller) => users.find(({ id }) => id === person.userId)?.handle ?? "";
    const opened = outcomeOf(createChat(one, { kind: "direct", userId: two.userId }));
    const outcomes = await Promise.all([
      opened,
      ...[one, two].flatMap((as) => {
        const other = as === one ? two : one;
        return [
          outcomeOf(blockPerson(as, handleOf(other))),
          outcomeOf(createChat(as, { kind: "direct", userId: other.userId })),
          outcomeOf(blockPerson(as, handleOf(other)).then(() => unblockPerson(as, handleOf(other)))),
        ];
      }),
    ]);
    for (const outcome of outcomes) expect(["done", "cannot_write"]).toContain(outcome);
    await blockPerson(one, handleOf(two));
    const chats = await db().chat.findMany({
      where: { members: { some: { userId: one.userId } } },
      select: { isBlocked: true },
    });
    for (const { isBlocked } of chats) expect(isBlocked).toBe(true);
    await Promise.all([unblockPerson(one, handleOf(two)), unblockPerson(two, handleOf(one))]);
    const after = await db().chat.findMany({
      where: { members: { some: { userId: one.userId } } },
      select: { isBlocked: true },
    });
    for (const { isBlocked } of after) expect(isBlocked).toBe(false);
  }
});
