import { beforeEach, describe, expect, it } from "vitest";
import { POST as pin } from "@/app/api/chats/[id]/messages/[messageId]/pin/route";
import { POST as react } from "@/app/api/chats/[id]/messages/[messageId]/reactions/route";
import { PATCH as edit, DELETE as remove } from "@/app/api/chats/[id]/messages/[messageId]/route";
import { GET as list, POST as write } from "@/app/api/chats/[id]/messages/route";
import { GET as pinnedOnes } from "@/app/api/chats/[id]/pinned/route";
import { GET as search } from "@/app/api/chats/[id]/search/route";
import { mayReadFile } from "@/lib/chat";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import {
  catchUp,
  chatViolations,
  createFile,
  createGroup,
  createMessages,
  readMessages,
  sendTestMessage,
} from "@/tests/support/factories/chat-tools";
import { createPeople, createTestPost } from "@/tests/support/factories/people";

let owner: Caller;
let member: Caller;
let stranger: Caller;
let chat: string;

beforeEach(async () => {
  [owner, member, stranger] = await createPeople(3);
  chat = await createGroup([owner, member]);
});

const post = (as: Caller, body: object, id = chat) =>
  call(write, { as, params: { id }, body: { clientId: newId(), ...body } });
const onMessage = (
  handler: Parameters<typeof call>[0],
  as: Caller,
  messageId: string,
  body?: object,
  method?: string,
) => call(handler, { as, params: { id: chat, messageId }, body, ...(method ? { method } : {}) });

describe("writing", () => {
  it("returns the message as every member sees it, numbered", async () => {
    const first = await post(owner, { text: "  Привет 🎧  " });
    expect(first.status).toBe(201);
    expect(first.body.message).toMatchObject({
      ...{ chatId: chat, seq: 1, revision: 1, authorId: owner.userId, authorName: owner.name },
      ...{ text: "Привет 🎧", replyTo: null, post: null, mentions: [], reactions: [], attachments: [] },
      ...{ editedAt: null, deletedAt: null, pinnedAt: null },
    });
    const second = await post(member, { text: "Hi", replyToId: first.body.message.id });
    expect(second.body.message).toMatchObject({
      seq: 2,
      revision: 2,
      replyTo: { id: first.body.message.id, seq: 1, authorName: owner.name, text: "Привет 🎧" },
    });
    const { items, hasMore, revision, lastSeq } = await readMessages(member, chat);
    expect({ items, hasMore, revision, lastSeq }).toEqual({
      items: [first.body.message, second.body.message],
      hasMore: false,
      revision: 2,
      lastSeq: 2,
    });
  });

  it("repeats with one clientId make one message, also 20 concurrent ones, without a gap in seqs", async () => {
    const clientId = newId();
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => post(owner, { clientId, text: "Once" })),
    );
    expect(responses.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201]);
    expect(new Set(responses.map(({ body }) => body.message.id)).size).toBe(1);
    // The same clientId of another author or in another chat is another message.
    expect((await post(member, { clientId, text: "Mine" })).body.message.seq).toBe(2);
    const other = await createGroup([owner]);
    expect((await post(owner, { clientId, text: "There" }, other)).status).toBe(201);
    expect(await chatViolations(chat)).toEqual([]);
  });

  it("rejects another text with a used clientId, but not a repeat of a message that was edited since", async () => {
    const clientId = newId();
    const text = `@[${stranger.name}](${stranger.userId}), look`;
    const { body } = await post(owner, { clientId, text });
    const rejected = await post(owner, { clientId, text: "Something else" });
    expect([rejected.status, rejected.body.error.code]).toEqual([409, "conflict"]);
    expect(rejected.body.error.details).toMatchObject([{ path: "clientId" }]);
    const repeat = async () => {
      const { status, body: repeated } = await post(owner, { clientId, text });
      return [status, repeated.message.id];
    };
    expect(await repeat()).toEqual([200, body.message.id]);
    await onMessage(edit, owner, body.message.id, { text: "Changed" }, "PATCH");
    expect(await repeat()).toEqual([200, body.message.id]);
    await onMessage(remove, owner, body.message.id, undefined, "DELETE");
    expect(await repeat()).toEqual([200, body.message.id]);
    expect((await readMessages(member, chat)).items).toHaveLength(1);
  });

  it("a repeat with mentions and files makes one message and one notification", async () => {
    const file = await createFile(owner);
    const body = {
      ...{ clientId: newId(), text: `@[${member.name}](${member.userId}) look`, attachmentIds: [file] },
    };
    const responses = await Promise.all(Array.from({ length: 6 }, () => post(owner, body)));
    expect(responses.map(({ status }) => status).sort()).toEqual([...Array(5).fill(200), 201]);
    const [first] = responses;
    for (const { body: repeated } of responses) expect(repeated).toEqual(first?.body);
    expect(first?.body.message).toMatchObject({
      mentions: [{ userId: member.userId, name: member.name }],
      attachments: [{ id: file, name: "cover.png", type: "image/png", bytes: 12, width: 2, height: 3 }],
    });
    const key = { startsWith: `mention:${first?.body.message.id}:` };
    expect(await db().task.findMany({ where: { queue: "notifications", key } })).toMatchObject([
      {
        payload: {
          kind: "mention",
          userId: member.userId,
          data: { chatId: chat, chatTitle: "A group", authorName: owner.name },
        },
      },
    ]);
    expect(await chatViolations(chat)).toEqual([]);
  });

  it("mentions only members, and does not notify the author", async () => {
    const { message } = await sendTestMessage(
      owner,
      chat,
      `@[A](${stranger.userId}) @[B](${member.userId}) @[C](${owner.userId}) @[D](${member.userId})`,
    );
    expect(message.text).toBe(`@A @[B](${member.userId}) @[C](${owner.userId}) @[D](${member.userId})`);
    expect(message.mentions.map(({ userId }) => userId)).toEqual([member.userId, owner.userId]);
    const tasks = await db().task.findMany({ where: { key: { startsWith: `mention:${message.id}` } } });
    expect(tasks.map(({ payload }) => payload)).toMatchObject([{ userId: member.userId }]);
  });

  it("attaches the first linked post that exists", async () => {
    const id = await createTestPost(owner);
    const { host } = new URL(process.env.APP_URL ?? "");
    const linked = async (text: string) => (await sendTestMessage(member, chat, text)).message.post;
    const attached = { id, title: "A track", authorName: owner.name };
    expect(await linked(`see http://${host}/posts/${newId()} and https://${host}/posts/${id}?x=1`)).toEqual(
      attached,
    );
    expect(await linked(`/posts/${id}`)).toEqual(attached);
    expect(await linked(`https://elsewhere.example/posts/${id}`)).toBeNull();
    expect(await linked(`x/posts/${id}`)).toBeNull();
    await db().post.delete({ where: { id } });
    await waitForDeferredWork();
    const { items } = await readMessages(member, chat);
    expect(items.map((item) => item.post)).toEqual([null, null, null, null]);
  });

  it.each([
    ["nothing", { text: " " }],
    ["only invisible characters", { text: "\u200b" }],
    ["text that Postgres cannot store", { text: "a\0b" }],
    ["too much", { text: "x".repeat(4_001) }],
    ["no clientId", { clientId: "x", text: "Hi" }],
    ["a reply to an unknown message", { text: "Hi", replyToId: newId() }],
    ["an unknown file", { text: "", attachmentIds: [newId()] }],
  ])("%s is 400, and uses no seq", async (_, body) => {
    expect((await post(owner, body)).status).toBe(400);
    expect(await db().chat.findUnique({ where: { id: chat } })).toMatchObject({ lastSeq: 0, revision: 0 });
  });

  it("a reply must quote a message of its own chat", async () => {
    const otherChat = await createGroup([owner]);
    const { message } = await sendTestMessage(owner, otherChat, "There");
    expect((await post(owner, { text: "Here", replyToId: message.id })).status).toBe(400);
  });
});

describe("files", () => {
  it("can be attached by their owner to one message, and are readable by the chat's members", async () => {
    const [mine, theirs] = [await createFile(owner), await createFile(member)];
    expect((await post(owner, { attachmentIds: [theirs] })).status).toBe(400);
    const { message } = await sendTestMessage(owner, chat, "", { attachmentIds: [mine] });
    expect((await post(owner, { attachmentIds: [mine] })).status).toBe(400);
    const readAccess = async () =>
      Promise.all([owner, member, stranger].map(({ userId }) => mayReadFile(userId, mine)));
    expect(await readAccess()).toEqual([true, true, false]);
    await onMessage(remove, owner, message.id, undefined, "DELETE");
    expect(await readAccess()).toEqual([false, false, false]);
    expect(await chatViolations(chat)).toEqual([]);
  });

  it("of two concurrent messages with one file, one gets it", async () => {
    const file = await createFile(owner);
    const other = await createGroup([owner]);
    const responses = await Promise.all([
      post(owner, { attachmentIds: [file] }),
      post(owner, { attachmentIds: [file] }, other),
    ]);
    expect(responses.map(({ status }) => status).sort()).toEqual([201, 400]);
  });
});

describe("changing", () => {
  it("every change gets the chat's next revision; a change without effect gets none", async () => {
    const { message } = await sendTestMessage(owner, chat, "One");
    await sendTestMessage(member, chat, "Two");
    const edited = (await onMessage(edit, owner, message.id, { text: "One!" }, "PATCH")).body.message;
    expect(edited).toMatchObject({ seq: 1, revision: 3, text: "One!", editedAt: expect.any(String) });
    expect((await onMessage(edit, owner, message.id, { text: "One!" }, "PATCH")).body.message).toEqual(
      edited,
    );
    const pinned = await onMessage(pin, member, message.id, { pinned: true });
    expect(pinned.body.message).toMatchObject({ revision: 4, pinnedAt: expect.any(String) });
    expect((await onMessage(pin, owner, message.id, { pinned: true })).body.message.revision).toBe(4);
    const fire = { emoji: "🔥", on: true };
    expect((await onMessage(react, member, message.id, fire)).body.message).toMatchObject({
      revision: 5,
      reactions: [{ emoji: "🔥", userIds: [member.userId] }],
    });
    expect((await onMessage(react, member, message.id, fire)).body.message.revision).toBe(5);
    await onMessage(react, owner, message.id, { emoji: "👍🏽", on: true });
    const given = await onMessage(react, owner, message.id, fire);
    expect(given.body.message.reactions).toEqual([
      { emoji: "🔥", userIds: [member.userId, owner.userId] },
      { emoji: "👍🏽", userIds: [owner.userId] },
    ]);
    expect(
      (await onMessage(react, member, message.id, { emoji: "🔥", on: false })).body.message.reactions,
    ).toHaveLength(2);
    expect((await call(pinnedOnes, { as: member, params: { id: chat } })).body.items).toMatchObject([
      { id: message.id },
    ]);

    const gone = (await onMessage(remove, owner, message.id, undefined, "DELETE")).body.message;
    expect(gone).toMatchObject({ seq: 1, text: "", deletedAt: expect.any(String), pinnedAt: null });
    expect(gone.reactions).toEqual([]);
    expect((await onMessage(remove, owner, message.id, undefined, "DELETE")).body.message).toEqual(gone);
    expect((await call(pinnedOnes, { as: member, params: { id: chat } })).body.items).toEqual([]);
    for (const [handler, body] of [
      [edit, { text: "Back" }],
      [pin, { pinned: true }],
      [react, fire],
    ] as const) {
      expect((await onMessage(handler, owner, message.id, body)).status).toBe(404);
    }
    expect(await chatViolations(chat)).toEqual([]);
  });

  it("only authors edit; the group's owner and administrators may delete", async () => {
    const { message } = await sendTestMessage(member, chat, "Mine");
    expect((await onMessage(edit, owner, message.id, { text: "Yours" }, "PATCH")).status).toBe(403);
    const { message: owners } = await sendTestMessage(owner, chat, "Mine too");
    expect((await onMessage(remove, member, owners.id, undefined, "DELETE")).status).toBe(403);
    expect((await onMessage(remove, owner, message.id, undefined, "DELETE")).status).toBe(200);
    for (const handler of [edit, pin, react, remove]) {
      const body = handler === react ? { emoji: "🔥", on: true } : { text: "x", pinned: true };
      expect((await onMessage(handler, stranger, owners.id, body)).status).toBe(404);
    }
  });

  it("an edit notifies newly mentioned members once", async () => {
    const { message } = await sendTestMessage(owner, chat, "Somebody?");
    const text = `@[M](${member.userId})?`;
    for (const written of [text, "Nobody", text, `${text}!`]) {
      await onMessage(edit, owner, message.id, { text: written }, "PATCH");
    }
    expect(await db().task.count({ where: { key: { startsWith: `mention:${message.id}` } } })).toBe(1);
  });

  it("a reaction is one emoji, and a message has at most 20 different ones", async () => {
    const { message } = await sendTestMessage(owner, chat, "One");
    const status = async (emoji: string) =>
      (await onMessage(react, member, message.id, { emoji, on: true })).status;
    for (const wrong of ["", "a", "1", "🔥🔥", "🔥a", "e\u0301", "👍".repeat(30), "\u200d"]) {
      expect([wrong, await status(wrong)]).toEqual([wrong, 400]);
    }
    for (const right of ["❤️", "👨‍👩‍👧", "🇰🇿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"])
      expect([right, await status(right)]).toEqual([right, 200]);
    for (let n = 0; n < 16; n += 1) expect(await status(String.fromCodePoint(0x1f400 + n))).toBe(200);
    expect(await status("🎧")).toBe(409);
    expect(await status("❤️")).toBe(200);
  });

  it("an emoji in another form is the same reaction, also one from before emoji had one form", async () => {
    const { message } = await sendTestMessage(owner, chat, "One");
    const old = { messageId: message.id, userId: owner.userId, emoji: "❤" };
    await db().chatReaction.createMany({ data: [old, { ...old, emoji: "❤️" }] });
    for (const emoji of ["❤", "❤\ufe0f\ufe0f", "❤\ufe0e"])
      await onMessage(react, member, message.id, { emoji, on: true });
    const { items } = await readMessages(owner, chat);
    expect(items[0]?.reactions).toEqual([
      { emoji: "❤️", userIds: expect.arrayContaining([owner.userId, member.userId]) },
    ]);
    expect(items[0]?.reactions[0]?.userIds).toHaveLength(2);
    const { body } = await onMessage(react, owner, message.id, { emoji: "❤", on: false });
    expect(body.message.reactions).toEqual([{ emoji: "❤️", userIds: [member.userId] }]);
    expect(await db().chatReaction.count({ where: { messageId: message.id } })).toBe(1);
  });

  it("has at most 100 line breaks, and the error says so", async () => {
    expect((await post(owner, { text: `a${"\r\n".repeat(100)}b` })).status).toBe(201);
    for (const lineBreak of ["\n", "\u2028"]) {
      const { status, body } = await post(owner, { text: `a${lineBreak.repeat(101)}b` });
      expect([status, body.error.details[0].path]).toEqual([400, "text"]);
      expect(body.error.details[0].message).toMatch(/строк|lines/);
    }
  });

  it("a quote that ends within a mention shows no id", async () => {
    const mention = `@[Мира](${member.userId})`;
    for (const length of [120, 158, 560, 590]) {
      const { message } = await sendTestMessage(owner, chat, `${"я".repeat(length)} ${mention} и так далее`);
      const reply = await sendTestMessage(member, chat, "Reply", { replyToId: message.id });
      expect([length, reply.message.replyTo?.text]).toEqual([
        length,
        expect.not.stringMatching(/[[\]()0-9]/),
      ]);
    }
  });

  it("a quote shows the quoted message's current text", async () => {
    const { message } = await sendTestMessage(owner, chat, "Before");
    await sendTestMessage(member, chat, "Reply", { replyToId: message.id });
    await readMessages(owner, chat);
    await onMessage(edit, owner, message.id, { text: `After @[M](${member.userId})` }, "PATCH");
    await waitForDeferredWork();
    for (let round = 0; round < 2; round += 1) {
      expect((await readMessages(owner, chat)).items[1]?.replyTo?.text).toBe("After @M");
      await waitForDeferredWork();
    }
  });
});

describe("reading", () => {
  it("pages in both directions without a gap", async () => {
    await createMessages(owner, chat, { to: 60 });
    const newest = await readMessages(member, chat);
    expect(newest.items.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, n) => n + 11));
    expect([newest.hasMore, newest.lastSeq]).toEqual([true, 60]);
    const older = await readMessages(member, chat, { before: 11, limit: 7 });
    expect(older.items.map(({ seq }) => seq)).toEqual([4, 5, 6, 7, 8, 9, 10]);
    expect(older.hasMore).toBe(true);
    expect(await readMessages(member, chat, { before: 4 })).toMatchObject({ hasMore: false });
    const newer = await readMessages(member, chat, { after: 3, limit: 5 });
    expect(newer.items.map(({ seq }) => seq)).toEqual([4, 5, 6, 7, 8]);
    expect(newer.hasMore).toBe(true);
    expect(await readMessages(member, chat, { after: 58 })).toMatchObject({ hasMore: false });
    expect(await readMessages(member, chat, { after: 60 })).toMatchObject({ items: [], hasMore: false });
    const both = await call(list, { as: member, params: { id: chat }, query: "?before=3&since=1" });
    expect(both.status).toBe(400);
  });

  it("returns all changes since a revision in order, over several pages", async () => {
    const { message } = await sendTestMessage(owner, chat, "First");
    await createMessages(owner, chat, { from: 2, to: 451 });
    await onMessage(edit, owner, message.id, { text: "First!" }, "PATCH");
    const { changed, revision } = await catchUp(member, chat, 1);
    expect(revision).toBe(452);
    expect(changed.map((each) => each.revision)).toEqual(Array.from({ length: 451 }, (_, n) => n + 2));
    expect(changed.at(-1)).toMatchObject({ id: message.id, text: "First!" });
    expect((await readMessages(member, chat, { since: 452 })).items).toEqual([]);
  });

  it("search matches the displayed text: names in mentions, any Unicode form, ё as е", async () => {
    const found = async (q: string) => {
      const query = `?q=${encodeURIComponent(q)}`;
      const { body } = await call(search, { as: member, params: { id: chat }, query });
      return body.items.map(({ seq }: { seq: number }) => seq);
    };
    await sendTestMessage(owner, chat, `Ask @[${member.name}](${member.userId}) there`);
    for (const text of ["cafe\u0301", "Ёлка"]) await sendTestMessage(owner, chat, text);
    expect(await found(`@${member.name} there`)).toEqual([1]);
    for (const hidden of ["](", member.userId.slice(0, 8)]) expect(await found(hidden)).toEqual([]);
    expect(await found("caf\u00e9")).toEqual([2]);
    for (const q of ["елка", "ёлка", "ЁЛКА"]) expect(await found(q)).toEqual([3]);
  });

  it("search is case-insensitive also for Cyrillic, literal for wildcards, and ignores deleted messages", async () => {
    const found = async (q: string, before?: number) => {
      const query = `?q=${encodeURIComponent(q)}${before ? `&before=${before}` : ""}`;
      const { body } = await call(search, { as: member, params: { id: chat }, query });
      return body.items.map(({ seq }: { seq: number }) => seq);
    };
    for (const text of ["Снег на Невском", "снег и 100% шум", "СНЕГ", "rain", "snow_man"]) {
      await sendTestMessage(owner, chat, text);
    }
    const { message } = await sendTestMessage(owner, chat, "снег растаял");
    expect(await found("снег")).toEqual([6, 3, 2, 1]);
    expect(await found("СНЕГ")).toEqual([6, 3, 2, 1]);
    expect(await found("снег", 3)).toEqual([2, 1]);
    expect(await found("100%")).toEqual([2]);
    expect(await found("%")).toEqual([2]);
    expect(await found("w_m")).toEqual([5]);
    expect(await found("RAIN")).toEqual([4]);
    await onMessage(remove, owner, message.id, undefined, "DELETE");
    expect(await found("снег")).toEqual([3, 2, 1]);
    expect((await call(search, { as: member, params: { id: chat }, query: "?q=%00" })).status).toBe(400);
  });
});
