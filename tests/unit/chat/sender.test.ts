import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatMessage, NewMessage } from "@/app/_features/chat/store/chat-api";
import { ConversationStore } from "@/app/_features/chat/store/conversation-store";
import { MessageSender } from "@/app/_features/chat/store/message-sender";
import type { ApiFailure } from "@/app/_ui/api-result";
import { runs } from "@/tests/support/fuzz/runs";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const because = (code: string, retryAfterSeconds: number | null = null): ApiFailure => ({
  ...{ code, message: null, requestId: null, details: [], retryAfterSeconds },
});

/** @param fate  what becomes of an attempt: null when the server takes it */
function sending(fate: (message: NewMessage) => ApiFailure | null) {
  const store = new ConversationStore("me", { items: [], hasMore: false, revision: 0, lastSeq: 0 });
  const written: string[] = [];
  const attempts: string[] = [];
  const sender = new MessageSender(store, {
    save: () => undefined,
    remove: () => undefined,
    send: async (sent) => {
      attempts.push(sent.text);
      const failure = fate(sent);
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (failure) return { ok: false, failure };
      if (!written.includes(sent.text)) written.push(sent.text);
      const seq = written.indexOf(sent.text) + 1;
      return { ok: true, data: { message: messageOf(seq, sent) } };
    },
  });
  const add = (text: string) =>
    sender.add({ clientId: text, text, replyTo: null, attachments: [], createdAt: "" });
  sender.start();
  return { store, sender, add, written, attempts };
}

function messageOf(seq: number, { clientId, text }: NewMessage): ChatMessage {
  return {
    ...{ id: `m${String(seq)}`, chatId: "c", seq, revision: seq, clientId, authorId: "me", authorName: "Me" },
    ...{ text, createdAt: "", editedAt: null, deletedAt: null, pinnedAt: null, replyTo: null, post: null },
    ...{ mentions: [], reactions: [], attachments: [] },
  };
}

describe("messages that are sent", () => {
  it("do not overtake one that is to go again", async () => {
    let up = false;
    const { add, written } = sending(() => (up ? null : because("network")));
    add("first");
    await vi.advanceTimersByTimeAsync(100);
    up = true;
    add("second");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(written).toEqual(["first", "second"]);
  });

  it("do not overtake it when one of them is tried again by hand", async () => {
    let up = false;
    const { add, written, sender } = sending(() => (up ? null : because("network")));
    for (const text of ["first", "second", "third"]) add(text);
    await vi.advanceTimersByTimeAsync(100);
    up = true;
    sender.retry("third");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(written).toEqual(["first", "second", "third"]);
  });

  it("wait together for as long as the server has asked for", async () => {
    let limited = true;
    const { add, written, attempts, store } = sending(() => (limited ? because("rate_limited", 20) : null));
    add("first");
    await vi.advanceTimersByTimeAsync(100);
    limited = false;
    add("second");
    await vi.advanceTimersByTimeAsync(15_000);
    expect(attempts).toEqual(["first"]);
    expect(store.getSnapshot().pending).toMatchObject([{ again: true }, { again: true }]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(written).toEqual(["first", "second"]);
  });

  it("do not wait for nothing when the server took one sooner than it had said", async () => {
    let limited = true;
    const { add, written, sender } = sending(() => (limited ? because("rate_limited", 20) : null));
    add("first");
    await vi.advanceTimersByTimeAsync(100);
    limited = false;
    sender.retryNow();
    add("second");
    await vi.advanceTimersByTimeAsync(200);
    add("third");
    await vi.advanceTimersByTimeAsync(200);
    expect(written).toEqual(["first", "second", "third"]);
  });

  it("are not kept waiting by one that was refused, as with a name that is taken", async () => {
    const { add, written, attempts, store } = sending(({ text }) =>
      text === "taken" ? because("conflict") : null,
    );
    add("taken");
    add("other");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written).toEqual(["other"]);
    expect(attempts).toEqual(["taken", "other"]);
    expect(store.getSnapshot().pending).toMatchObject([{ text: "taken", state: "failed", again: false }]);
  });

  it("go on when the page of the chat is left and comes back", async () => {
    let up = false;
    const { add, written, sender } = sending(() => (up ? null : because("network")));
    add("first");
    sender.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    up = true;
    sender.start();
    await vi.advanceTimersByTimeAsync(100);
    expect(written).toEqual(["first"]);
  });

  it("arrive in the order in which they were written, whenever that was and whatever failed", async () => {
    const step = fc.record({
      do: fc.constantFrom("add", "add", "retry", "online", "wait"),
      n: fc.nat(9),
      ms: fc.constantFrom(0, 10, 60, 1_900, 2_100, 5_000),
    });
    const fates = fc.array(fc.constantFrom("network", "rate_limited", "internal", null), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), fates, async (steps, coming) => {
        const { add, sender, store, written } = sending(() => {
          const code = coming.shift() ?? null;
          return code && because(code, code === "rate_limited" ? 5 : null);
        });
        const added: string[] = [];
        for (const each of steps) {
          if (each.do === "add") {
            added.push(String(added.length));
            add(String(added.length - 1));
          } else if (each.do === "online") sender.retryNow();
          else if (each.do === "retry") {
            const failed = store.listPending().filter(({ state }) => state === "failed");
            const one = failed[each.n % Math.max(1, failed.length)];
            if (one) sender.retry(one.clientId);
          }
          await vi.advanceTimersByTimeAsync(each.ms);
        }
        await vi.advanceTimersByTimeAsync(600_000);
        expect(written).toEqual(added);
        expect(store.getSnapshot().pending).toEqual([]);
      }),
      { numRuns: runs(1_000) },
    );
  });
});
