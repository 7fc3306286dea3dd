import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatMessage } from "@/app/_features/chat/store/chat-api";
import type { ChatItem } from "@/lib/schemas/chat";

/** The unread badges, computed from events, responses and read markers in any order. */

const ME = "me";

const chat = (more: Partial<ChatItem> = {}): ChatItem => ({
  ...{ id: "c", kind: "direct", title: null, open: false, role: "member", members: [], membersCount: 2 },
  ...{ lastMessage: null, lastMessageAt: null, lastSeq: 10, revision: 10, readSeq: 10, unreadCount: 0 },
  ...{ createdAt: "2026-01-01T00:00:00.000Z", ...more },
});

const message = (seq: number, more: Partial<ChatMessage> = {}): ChatMessage => ({
  ...{ id: `m${String(seq)}`, chatId: "c", seq, revision: seq, clientId: `k${String(seq)}`, text: "" },
  ...{
    authorId: "other",
    authorName: "Other",
    authorHandle: null,
    createdAt: "2026-01-01T00:00:00.000Z",
    editedAt: null,
  },
  ...{ deletedAt: null, pinnedAt: null, replyTo: null, post: null },
  ...{ mentions: [], reactions: [], attachments: [], ...more },
});

let list: typeof import("@/app/_features/chat/store/chat-list-store") &
  typeof import("@/app/_features/chat/store/chat-list-state");
/** Requests without a response yet. */
let pendingRequests: ((answer: Response) => void)[];

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  list = {
    ...(await import("@/app/_features/chat/store/chat-list-store")),
    ...(await import("@/app/_features/chat/store/chat-list-state")),
  };
  pendingRequests = [];
  vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => pendingRequests.push(resolve)));
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
/** Number of pending requests after this time. */
const pendingCountAfter = async (ms = 3_100) => {
  await vi.advanceTimersByTimeAsync(ms);
  return pendingRequests.length;
};
async function respond(...items: ChatItem[]): Promise<void> {
  const unreadCount = items.reduce((sum, each) => sum + each.unreadCount, 0);
  pendingRequests.shift()?.(Response.json({ items, nextCursor: null, unreadCount }));
  // The response schemas are loaded with the first response.
  await vi.advanceTimersByTimeAsync(1);
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(1);
}

describe("the unread count", () => {
  it("is not restored by a response older than the read marker, which is requested again", async () => {
    begin(chat({ lastSeq: 13, unreadCount: 3 }));
    list.requestChats();
    expect(await pendingCountAfter()).toBe(1);
    list.applyRead("c", 13);
    await respond(chat({ lastSeq: 13, unreadCount: 3 }));
    expect(unread()).toBe(0);
    expect(await pendingCountAfter()).toBe(1);
  });

  it("includes messages skipped before a received one, and requests them", async () => {
    begin(chat());
    list.applyMessage(message(12), ME);
    expect(unread()).toBe(2);
    list.applyMessage(message(11), ME);
    expect(unread()).toBe(2);
    expect(await pendingCountAfter()).toBe(1);
    // 11 was the viewer's own message.
    await respond(chat({ lastSeq: 12, lastMessage: message(12), readSeq: 11, unreadCount: 1 }));
    expect(unread()).toBe(1);
  });

  it("is not cleared by a late event of an earlier read marker", () => {
    begin(chat({ lastSeq: 13, unreadCount: 3 }));
    list.applyMessage(message(14), ME);
    list.applyRead("c", 13);
    expect(unread()).toBe(1);
  });

  it("is cleared by the viewer's own message from any device", () => {
    begin(chat({ lastSeq: 13, unreadCount: 3 }));
    list.applyMessage(message(14, { authorId: ME }), ME);
    expect(unread()).toBe(0);
  });

  it("is kept when a message is newer than the response", async () => {
    begin(chat());
    list.requestChats();
    await pendingCountAfter();
    list.applyMessage(message(11), ME);
    await respond(chat());
    expect(unread()).toBe(1);
    expect(await pendingCountAfter()).toBe(1);
  });

  it("is requested again after a failed request, also for events received meanwhile", async () => {
    begin(chat());
    list.requestChats();
    await pendingCountAfter();
    pendingRequests.shift()?.(Response.json({}, { status: 503 }));
    expect(await pendingCountAfter(10_000)).toBe(1);
    list.applyMessage(message(1, { chatId: "new" }), ME);
    await respond(chat());
    expect(await pendingCountAfter()).toBe(1);
  });

  it("is the tab's, not an older page's, unless the viewer changed", async () => {
    begin(chat({ lastSeq: 12, readSeq: 12 }));
    begin(chat({ lastSeq: 12, unreadCount: 2 }));
    expect(unread()).toBe(0);
    expect(await pendingCountAfter()).toBe(1);
    list.startChatList("another", { items: [chat({ unreadCount: 2 })], nextCursor: null, unreadCount: 2 });
    expect(unread()).toBe(2);
  });

  it("ends with the server's count when events and responses are lost, late or reordered", async () => {
    const { isStale, mergeChat, withMessage, withRead } = await import(
      "@/app/_features/chat/store/chat-list-store"
    );
    const step = fc.record({
      do: fc.constantFrom("write", "mine", "read", "receive", "answer"),
      n: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const written: ChatMessage[] = [];
        const responses: ChatItem[] = [];
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
          const received = written[n % Math.max(1, written.length)];
          if (what === "receive" && received) known = withMessage(known, received, ME);
          if (what === "read") {
            readSeq = Math.max(readSeq, n % (written.length + 1));
            known = withRead(known, readSeq);
          }
          if (what === "answer") {
            const response = responses[n % Math.max(1, responses.length)];
            if (response) known = isStale(response, known) ? mergeChat(response, known, ME) : response;
          }
          responses.push(server());
          expect(known.unreadCount).toBeGreaterThanOrEqual(0);
          expect(known.unreadCount).toBeLessThanOrEqual(Math.max(0, known.lastSeq - known.readSeq));
        }
        expect(isStale(server(), known)).toBe(false);
        expect(mergeChat(server(), known, ME)).toMatchObject(server());
      }),
    );
  });
});
