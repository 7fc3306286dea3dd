import { afterAll, expect, it } from "vitest";
import { DELETE as deleteMe } from "@/app/api/me/route";
import { createChat, inviteToChat, joinChat, leaveChat, markReadUpTo } from "@/lib/chat";
import { deleteMessage, editMessage, pinMessage, setReaction } from "@/lib/chat/message-actions";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import type { ChatMessageView } from "@/lib/realtime";
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
import { createNamedUser } from "@/tests/support/factories/full-account";
import { createPeople } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";
import { pick, seededRandom } from "@/tests/support/fuzz/random";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();
afterAll(() => waitForDeferredWork());

/** What people are refused is no failure. */
async function refusedOrDone(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    expect(error.status).toBeLessThan(500);
  });
}

/** A client that asks again and again for what changed since it asked last. */
async function follow(
  as: Caller,
  chat: string,
  isOver: () => boolean,
): Promise<Map<string, ChatMessageView>> {
  const held = new Map<string, ChatMessageView>();
  let revision = 0;
  for (let isLast = false; !isLast; ) {
    isLast = isOver();
    const page = await readMessages(as, chat, { since: revision });
    for (const message of page.items) {
      expect(message.revision).toBeGreaterThan(revision);
      held.set(message.id, message);
    }
    if (page.hasMore) isLast = false;
    revision = page.hasMore ? (page.items.at(-1)?.revision ?? revision) : page.revision;
  }
  return held;
}

const inOrder = (messages: Iterable<ChatMessageView>) => [...messages].sort((a, b) => a.seq - b.seq);

it("20 repeats at once are one message, round after round, with and without mentions and files", async () => {
  const [owner, member] = await createPeople(2);
  if (!owner || !member) throw new Error("somebody is missing");
  const chat = await createGroup([owner, member]);
  for (let round = 0; round < 10; round += 1) {
    const clientId = newId();
    const attachmentIds = round % 3 === 2 ? [await createFile(owner)] : [];
    const text = round % 3 === 1 ? `@[M](${member.userId})` : `No. ${round}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => sendTestMessage(owner, chat, text, { clientId, attachmentIds })),
    );
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ message }) => message.id)).size).toBe(1);
    expect((await readMessages(owner, chat)).lastSeq).toBe(round + 1);
    expect(await chatViolations(chat)).toEqual([]);
  }
  const tasks = await db().task.count({ where: { key: { startsWith: "mention:" }, ownerId: owner.userId } });
  expect(tasks).toBe(3);
});

it("numbers have no gaps, and whoever follows by revisions has what Postgres has, whoever writes meanwhile", async () => {
  const random = seededRandom(Number(process.env.SEED ?? 5));
  for (let round = 0; round < 6; round += 1) {
    const people = await createPeople(5);
    const chat = await createGroup(people);
    const known: string[] = [];
    let busy = true;
    const one = async (as: Caller) => {
      for (let step = 0; step < 25; step += 1) {
        const id = known.length > 0 ? pick(known, random) : undefined;
        const what = random();
        if (!id || what < 0.4) {
          const clientId = newId();
          const texts = [1, 2].map(() => sendTestMessage(as, chat, `By ${as.name}`, { clientId }));
          const [first] = await Promise.all(texts);
          if (first) known.push(first.message.id);
        } else if (what < 0.6) await refusedOrDone(editMessage(as, chat, id, { text: `Anew ${step}` }));
        else if (what < 0.7) await refusedOrDone(deleteMessage(as, chat, id));
        else if (what < 0.8) await refusedOrDone(pinMessage(as, chat, id, { pinned: random() < 0.5 }));
        else if (what < 0.9)
          await refusedOrDone(
            setReaction(as, chat, id, { emoji: pick(["🔥", "👍"], random), on: random() < 0.6 }),
          );
        else await markReadUpTo(as, chat, { seq: known.length });
      }
    };
    const [reader] = people;
    if (!reader) throw new Error("nobody");
    const following = [1, 2].map(() => follow(reader, chat, () => !busy));
    const pages = (async () => {
      while (busy) {
        const { items, lastSeq } = await readMessages(reader, chat);
        // A page is one moment: whole, in order, up to the newest.
        expect(items.map(({ seq }) => seq)).toEqual(
          Array.from({ length: items.length }, (_, n) => lastSeq - items.length + 1 + n),
        );
      }
    })();
    await Promise.all(people.map(one)).finally(() => {
      busy = false;
    });
    await pages;
    expect(await chatViolations(chat)).toEqual([]);
    const real = inOrder((await catchUp(reader, chat)).changed);
    for (const held of await Promise.all(following)) expect(inOrder(held.values())).toEqual(real);
    await waitForDeferredWork();
    for (let look = 0; look < 3; look += 1) {
      expect((await readMessages(reader, chat)).items).toEqual(real.slice(-50));
      await waitForDeferredWork();
    }
  }
});

it("two people who open their chat at once have one; a group has an owner whoever comes and goes", async () => {
  for (let round = 0; round < 10; round += 1) {
    const [one, two, three] = await createPeople(3);
    if (!one || !two || !three) throw new Error("somebody is missing");
    const opened = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((n) => {
        const [from, to] = n % 2 === 0 ? [one, two] : [two, one];
        return createChat(from, { kind: "direct", userId: to.userId });
      }),
    );
    expect(new Set(opened.map(({ chat }) => chat.id)).size).toBe(1);
    expect(opened.filter(({ created }) => created)).toHaveLength(1);

    const group = await createGroup([one, two, three], true);
    await Promise.all([
      ...[one, two].map((who) => refusedOrDone(leaveChat(who, group))),
      refusedOrDone(inviteToChat(three, group, one)),
      refusedOrDone(sendTestMessage(two, group, "Am I still here?")),
      refusedOrDone(joinChat(two, group)),
      refusedOrDone(joinChat(two, group)),
      refusedOrDone(leaveChat(three, group)),
    ]);
    const members = await db().chatMember.findMany({ where: { chatId: group, leftAt: null } });
    expect(members.filter(({ role }) => role === "owner")).toHaveLength(members.length > 0 ? 1 : 0);
    expect(await chatViolations(group)).toEqual([]);
  }
});

it("an account that goes while everybody writes leaves places without words, and nothing fails", async () => {
  for (let round = 0; round < 8; round += 1) {
    const [person, others] = await Promise.all([createNamedUser("listener"), createPeople(2)]);
    const [other, third] = others;
    if (!other || !third) throw new Error("somebody is missing");
    const group = await createGroup([person, other, third], true);
    const pair = (await createChat(person, { kind: "direct", userId: other.userId })).chat.id;
    const { message } = await sendTestMessage(other, group, `Hello, @[${person.name}](${person.userId})`);
    await setReaction(person, group, message.id, { emoji: "🔥", on: true });
    await accessTokenFor(person);
    const writing = (as: Caller, chat: string) =>
      (async () => {
        for (let n = 0; n < 8; n += 1) {
          await refusedOrDone(sendTestMessage(as, chat, `@[${person.name}](${person.userId}) ${n}`));
          await refusedOrDone(setReaction(as, chat, message.id, { emoji: "👍", on: n % 2 === 0 }));
        }
      })();
    const running = [
      ...[person, other, third].map((as) => writing(as, group)),
      ...[person, other].map((as) => writing(as, pair)),
      refusedOrDone(joinChat(person, await createGroup([third], true))),
    ];
    const answer = await call(deleteMe, { method: "DELETE", as: person, body: { password: TEST_PASSWORD } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    await Promise.all(running);
    await waitForDeferredWork();

    for (const chat of [group, pair]) {
      expect(await chatViolations(chat)).toEqual([]);
      const real = (await catchUp(other, chat)).changed;
      for (const said of real.filter(({ authorId }) => authorId === null)) {
        expect(said).toMatchObject({ text: "", deletedAt: expect.any(String) });
      }
      expect((await readMessages(other, chat)).items).toEqual(inOrder(real).slice(-50));
    }
    const [owner] = await db().chatMember.findMany({ where: { chatId: group, role: "owner" } });
    expect(owner?.userId).toBe(other.userId);
    const stays = (await tablesContaining(person.userId)).filter((where) =>
      /Chat|Media|Notification/.test(where),
    );
    expect(stays).toEqual([]);
  }
});
