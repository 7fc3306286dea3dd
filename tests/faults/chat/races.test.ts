import { afterAll, expect, it } from "vitest";
import { DELETE as deleteMe } from "@/app/api/me/route";
import { createChat, inviteToChat, joinChat, leaveChat, markReadUpTo } from "@/lib/chat";
import { deleteMessage, editMessage, pinMessage, setReaction } from "@/lib/chat/message-actions";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import type { ChatMessageView } from "@/lib/schemas/chat-message";
import { call } from "@/tests/support/clients/call";
import { tablesContaining } from "@/tests/support/clients/tables-containing";
import { TEST_PASSWORD } from "@/tests/support/factories/accounts";
import {
  catchUp,
  chatViolations,
  createFile,
  createGroup,
  readMessages,
  sendTestMessage,
} from "@/tests/support/factories/chat-tools";
import { finishErasure } from "@/tests/support/factories/erasures";
import { createNamedUser } from "@/tests/support/factories/full-account";
import { createPeople } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";
import { pick, seededRandom } from "@/tests/support/fuzz/random";
import { runs } from "@/tests/support/fuzz/runs";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();
afterAll(() => waitForDeferredWork());

/** Awaits work that may be rejected with a 4xx. */
async function allowRejection(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    expect(error.status).toBeLessThan(500);
  });
}

/** A client that repeatedly reads what changed since its last revision, until the writers are done. */
async function follow(
  as: Caller,
  chat: string,
  isOver: () => boolean,
): Promise<Map<string, ChatMessageView>> {
  const messages = new Map<string, ChatMessageView>();
  let revision = 0;
  for (let isLast = false; !isLast; ) {
    isLast = isOver();
    const page = await readMessages(as, chat, { since: revision });
    for (const message of page.items) {
      expect(message.revision).toBeGreaterThan(revision);
      messages.set(message.id, message);
    }
    if (page.hasMore) isLast = false;
    revision = page.hasMore ? (page.items.at(-1)?.revision ?? revision) : page.revision;
  }
  return messages;
}

const sortBySeq = (messages: Iterable<ChatMessageView>) => [...messages].sort((a, b) => a.seq - b.seq);

it("20 concurrent repeats of a message create one, with and without mentions and files", async () => {
  const [owner, member] = await createPeople(2);
  const chat = await createGroup([owner, member]);
  for (let round = 0; round < runs(10); round += 1) {
    const clientId = newId();
    const attachmentIds = round % 3 === 2 ? [await createFile(owner)] : [];
    const text = round % 3 === 1 ? `@[M](${member.userId})` : `No. ${round}`;
    const results = await Promise.all(
      Array.from({ length: 20 }, () => sendTestMessage(owner, chat, text, { clientId, attachmentIds })),
    );
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(results.map(({ message }) => message.id)).size).toBe(1);
    expect((await readMessages(owner, chat)).lastSeq).toBe(round + 1);
    expect(await chatViolations(chat)).toEqual([]);
  }
  const tasks = await db().task.count({ where: { key: { startsWith: "mention:" }, ownerId: owner.userId } });
  expect(tasks).toBe(3);
});

it("seqs have no gaps, and a client that follows by revisions gets what Postgres has while others write", async () => {
  const random = seededRandom(Number(process.env.SEED ?? 5));
  for (let round = 0; round < 6; round += 1) {
    const people = await createPeople(5);
    const chat = await createGroup(people);
    const known: string[] = [];
    let busy = true;
    const writeRandomly = async (as: Caller) => {
      for (let step = 0; step < 25; step += 1) {
        const id = known.length > 0 ? pick(known, random) : undefined;
        const what = random();
        if (!id || what < 0.4) {
          const clientId = newId();
          const texts = [1, 2].map(() => sendTestMessage(as, chat, `By ${as.name}`, { clientId }));
          const [first] = await Promise.all(texts);
          if (first) known.push(first.message.id);
        } else if (what < 0.6) await allowRejection(editMessage(as, chat, id, { text: `Edited ${step}` }));
        else if (what < 0.7) await allowRejection(deleteMessage(as, chat, id));
        else if (what < 0.8) await allowRejection(pinMessage(as, chat, id, { pinned: random() < 0.5 }));
        else if (what < 0.9)
          await allowRejection(
            setReaction(as, chat, id, { emoji: pick(["🔥", "👍"], random), on: random() < 0.6 }),
          );
        else await markReadUpTo(as, chat, { seq: known.length });
      }
    };
    const [reader] = people;
    if (!reader) throw new Error("no user");
    const following = [1, 2].map(() => follow(reader, chat, () => !busy));
    const pages = (async () => {
      while (busy) {
        const { items, lastSeq } = await readMessages(reader, chat);
        // A page is a consistent snapshot: complete, in order, up to the newest.
        expect(items.map(({ seq }) => seq)).toEqual(
          Array.from({ length: items.length }, (_, n) => lastSeq - items.length + 1 + n),
        );
      }
    })();
    await Promise.all(people.map(writeRandomly)).finally(() => {
      busy = false;
    });
    await pages;
    expect(await chatViolations(chat)).toEqual([]);
    const expected = sortBySeq((await catchUp(reader, chat)).changed);
    for (const messages of await Promise.all(following))
      expect(sortBySeq(messages.values())).toEqual(expected);
    await waitForDeferredWork();
    for (let read = 0; read < 3; read += 1) {
      expect((await readMessages(reader, chat)).items).toEqual(expected.slice(-50));
      await waitForDeferredWork();
    }
  }
});

it("two users who open their direct chat concurrently share one; a group always has one owner while members join and leave", async () => {
  for (let round = 0; round < runs(10); round += 1) {
    const [first, two, three] = await createPeople(3);
    const opened = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((n) => {
        const [opener, peer] = n % 2 === 0 ? [first, two] : [two, first];
        return createChat(opener, { kind: "direct", userId: peer.userId });
      }),
    );
    expect(new Set(opened.map(({ chat }) => chat.id)).size).toBe(1);
    expect(opened.filter(({ created }) => created)).toHaveLength(1);

    const group = await createGroup([first, two, three], true);
    await Promise.all([
      ...[first, two].map((member) => allowRejection(leaveChat(member, group))),
      allowRejection(inviteToChat(three, group, first)),
      allowRejection(sendTestMessage(two, group, "Am I still here?")),
      allowRejection(joinChat(two, group)),
      allowRejection(joinChat(two, group)),
      allowRejection(leaveChat(three, group)),
    ]);
    const members = await db().chatMember.findMany({ where: { chatId: group, leftAt: null } });
    expect(members.filter(({ role }) => role === "owner")).toHaveLength(members.length > 0 ? 1 : 0);
    expect(await chatViolations(group)).toEqual([]);
  }
});

it("an account erased during concurrent writes leaves only empty messages, and no request fails", async () => {
  for (let round = 0; round < 8; round += 1) {
    const [person, [other, third]] = await Promise.all([createNamedUser("listener"), createPeople(2)]);
    const group = await createGroup([person, other, third], true);
    const pair = (await createChat(person, { kind: "direct", userId: other.userId })).chat.id;
    const { message } = await sendTestMessage(other, group, `Hello, @[${person.name}](${person.userId})`);
    await setReaction(person, group, message.id, { emoji: "🔥", on: true });
    await accessTokenFor(person);
    const writing = (as: Caller, chat: string) =>
      (async () => {
        for (let n = 0; n < 8; n += 1) {
          await allowRejection(sendTestMessage(as, chat, `@[${person.name}](${person.userId}) ${n}`));
          await allowRejection(setReaction(as, chat, message.id, { emoji: "👍", on: n % 2 === 0 }));
        }
      })();
    const running = [
      ...[person, other, third].map((as) => writing(as, group)),
      ...[person, other].map((as) => writing(as, pair)),
      allowRejection(joinChat(person, await createGroup([third], true))),
    ];
    const response = await call(deleteMe, {
      method: "DELETE",
      as: person,
      body: { password: TEST_PASSWORD },
    });
    expect(response.status, JSON.stringify(response.body)).toBe(200);
    await Promise.all([...running, finishErasure(person.userId)]);
    await waitForDeferredWork();

    for (const chat of [group, pair]) {
      expect(await chatViolations(chat)).toEqual([]);
      const expected = (await catchUp(other, chat)).changed;
      for (const message of expected.filter(({ authorId }) => authorId === null)) {
        expect(message).toMatchObject({ text: "", deletedAt: expect.any(String) });
      }
      expect((await readMessages(other, chat)).items).toEqual(sortBySeq(expected).slice(-50));
    }
    const [owner] = await db().chatMember.findMany({ where: { chatId: group, role: "owner" } });
    expect(owner?.userId).toBe(other.userId);
    const remaining = (await tablesContaining(person.userId)).filter((where) =>
      /Chat|Media|Notification/.test(where),
    );
    expect(remaining).toEqual([]);
  }
});
