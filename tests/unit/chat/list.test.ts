import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatItem, ChatMessage } from "@/app/_features/chat/store/chat-api";

/** The badges, put together from events, answers and readings in whatever order they come. */

const ME = "me";

const chat = (more: Partial<ChatItem> = {}): ChatItem => ({
  ...{ id: "c", kind: "direct", title: null, open: false, role: "member", members: [], membersCount: 2 },
  ...{ lastMessage: null, lastMessageAt: null, lastSeq: 10, revision: 10, readSeq: 10, unreadCount: 0 },
  ...{ createdAt: "2026-01-01T00:00:00.000Z", ...more },
});

const message = (seq: number, more: Partial<ChatMessage> = {}): ChatMessage => ({
  ...{ id: `m${String(seq)}`, chatId: "c", seq, revision: seq, clientId: `k${String(seq)}`, text: "" },
  ...{ authorId: "other", authorName: "Other", createdAt: "2026-01-01T00:00:00.000Z", editedAt: null },
  ...{ deletedAt: null, pinnedAt: null, replyTo: null, post: null },
  ...{ mentions: [], reactions: [], attachments: [], ...more },
});

let list: typeof import("@/app/_features/chat/store/chat-list-store");
/** Questions that have no answer yet. */
let questions: ((answer: Response) => void)[];

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  list = await import("@/app/_features/chat/store/chat-list-store");
  questions = [];
  vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => questions.push(resolve)));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const begin = (item: ChatItem) =>
  list.startChatList(ME, { items: [item], nextCursor: null, unreadCount: item.unreadCount });
const unread = () => {
  const { items, unreadCount } = list.getChatListSnapshot();
  expect(items?.reduce((sum, each) => sum + each.unreadCount, 0)).toBe(unreadCount);
  return unreadCount;
};
/** What is asked by then. */
const asked = async (ms = 3_100) => {
  await vi.advanceTimersByTimeAsync(ms);
  return questions.length;
};
async function answer(...items: ChatItem[]): Promise<void> {
  const unreadCount = items.reduce((sum, each) => sum + each.unreadCount, 0);
  questions.shift()?.(Response.json({ items, nextCursor: null, unreadCount }));
  // The answers' schemas are loaded on the first one.
  await vi.advanceTimersByTimeAsync(1);
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(1);
}

describe("what is unread", () => {
  it("is not brought back by an answer that is older than the reading, which is asked about again", async () => {
    begin(chat({ lastSeq: 13, unreadCount: 3 }));
    list.requestChats();
    expect(await asked()).toBe(1);
    list.applyRead("c", 13);
    await answer(chat({ lastSeq: 13, unreadCount: 3 }));
    expect(unread()).toBe(0);
    expect(await asked()).toBe(1);
  });

  it("counts what was not heard before what was, and asks", async () => {
    begin(chat());
    list.applyMessage(message(12), ME);
    expect(unread()).toBe(2);
    list.applyMessage(message(11), ME);
    expect(unread()).toBe(2);
    expect(await asked()).toBe(1);
    // 11 was one's own.
    await answer(chat({ lastSeq: 12, lastMessage: message(12), readSeq: 11, unreadCount: 1 }));
    expect(unread()).toBe(1);
  });

  it("is not erased by a late word of an earlier reading", () => {
    begin(chat({ lastSeq: 13, unreadCount: 3 }));
    list.applyMessage(message(14), ME);
    list.applyRead("c", 13);
    expect(unread()).toBe(1);
  });

  it("ends with what one writes oneself, wherever that was", () => {
    begin(chat({ lastSeq: 13, unreadCount: 3 }));
    list.applyMessage(message(14, { authorId: ME }), ME);
    expect(unread()).toBe(0);
  });

  it("is kept when a message is newer than the answer", async () => {
    begin(chat());
    list.requestChats();
    await asked();
    list.applyMessage(message(11), ME);
    await answer(chat());
    expect(unread()).toBe(1);
    expect(await asked()).toBe(1);
  });

  it("is asked again when there was no answer, also for what was heard meanwhile", async () => {
    begin(chat());
    list.requestChats();
    await asked();
    questions.shift()?.(Response.json({}, { status: 503 }));
    expect(await asked(10_000)).toBe(1);
    list.applyMessage(message(1, { chatId: "new" }), ME);
    await answer(chat());
    expect(await asked()).toBe(1);
  });

  it("is what the tab knows, not what an old page had, unless that is somebody else's", async () => {
    begin(chat({ lastSeq: 12, readSeq: 12 }));
    begin(chat({ lastSeq: 12, unreadCount: 2 }));
    expect(unread()).toBe(0);
    expect(await asked()).toBe(1);
    list.startChatList("another", { items: [chat({ unreadCount: 2 })], nextCursor: null, unreadCount: 2 });
    expect(unread()).toBe(2);
  });

  it("ends with the server's count, whatever is lost, late or mixed up", async () => {
    const {
      isStale: isOlder,
      mergeChat: merged,
      withMessage,
      withRead,
    } = await import("@/app/_features/chat/store/chat-unread");
    const step = fc.record({ do: fc.constantFrom("write", "mine", "read", "hear", "answer"), n: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const written: ChatMessage[] = [];
        const answers: ChatItem[] = [];
        let readSeq = 0;
        let known = chat({ lastSeq: 0, readSeq: 0 });
        const server = () => {
          const fresh = written.filter(({ seq, authorId }) => seq > readSeq && authorId !== ME);
          const lastMessage = written.at(-1) ?? null;
          return chat({ lastMessage, lastSeq: written.length, readSeq, unreadCount: fresh.length });
        };
        for (const { do: what, n } of steps) {
          if (what === "write") written.push(message(written.length + 1));
          if (what === "mine") {
            written.push(message(written.length + 1, { authorId: ME }));
            readSeq = written.length;
          }
          const heard = written[n % Math.max(1, written.length)];
          if (what === "hear" && heard) known = withMessage(known, heard, ME);
          if (what === "read") {
            readSeq = Math.max(readSeq, n % (written.length + 1));
            known = withRead(known, readSeq);
          }
          if (what === "answer") {
            const said = answers[n % Math.max(1, answers.length)];
            if (said) known = isOlder(said, known) ? merged(said, known, ME) : said;
          }
          answers.push(server());
          expect(known.unreadCount).toBeGreaterThanOrEqual(0);
          expect(known.unreadCount).toBeLessThanOrEqual(Math.max(0, known.lastSeq - known.readSeq));
        }
        expect(isOlder(server(), known)).toBe(false);
        expect(merged(server(), known, ME)).toMatchObject(server());
      }),
    );
  });
});
