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

/** @param respond  the failure of an attempt; null when the server accepts it */
function createSender(respond: (message: NewMessage) => ApiFailure | null) {
  const store = new ConversationStore("me", { items: [], hasMore: false, revision: 0, lastSeq: 0 });
  const written: string[] = [];
  const attempts: string[] = [];
  const sender = new MessageSender(store, {
    save: () => undefined,
    remove: () => undefined,
    send: async (sent) => {
      attempts.push(sent.text);
      const failure = respond(sent);
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
    ...{
      id: `m${String(seq)}`,
      chatId: "c",
      seq,
      revision: seq,
      clientId,
      authorId: "me",
      authorName: "Me",
      authorHandle: null,
    },
    ...{ text, createdAt: "", editedAt: null, deletedAt: null, pinnedAt: null, replyTo: null, post: null },
    ...{ mentions: [], reactions: [], attachments: [] },
  };
}

describe("outgoing messages", () => {
  it("do not overtake one that is to be retried", async () => {
    let up = false;
    const { add, written } = createSender(() => (up ? null : because("network")));
    add("first");
    await vi.advanceTimersByTimeAsync(100);
    up = true;
    add("second");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(written).toEqual(["first", "second"]);
  });

  it("do not overtake it when a later one is retried by hand", async () => {
    let up = false;
    const { add, written, sender } = createSender(() => (up ? null : because("network")));
    for (const text of ["first", "second", "third"]) add(text);
    await vi.advanceTimersByTimeAsync(100);
    up = true;
    sender.retry("third");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(written).toEqual(["first", "second", "third"]);
  });

  it("wait together for the server's Retry-After", async () => {
    let limited = true;
    const { add, written, attempts, store } = createSender(() =>
      limited ? because("rate_limited", 20) : null,
    );
    add("first");
    await vi.advanceTimersByTimeAsync(100);
    limited = false;
    add("second");
    await vi.advanceTimersByTimeAsync(15_000);
    expect(attempts).toEqual(["first"]);
    expect(store.getSnapshot().pending).toMatchObject([{ willRetry: true }, { willRetry: true }]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(written).toEqual(["first", "second"]);
  });

  it("do not wait on when the server accepts one before its Retry-After", async () => {
    let limited = true;
    const { add, written, sender } = createSender(() => (limited ? because("rate_limited", 20) : null));
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

  it("are not blocked by a rejected one", async () => {
    const { add, written, attempts, store } = createSender(({ text }) =>
      text === "taken" ? because("conflict") : null,
    );
    add("taken");
    add("other");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written).toEqual(["other"]);
    expect(attempts).toEqual(["taken", "other"]);
    expect(store.getSnapshot().pending).toMatchObject([{ text: "taken", state: "failed", willRetry: false }]);
  });

  it("continue when the chat's page is closed and opened again", async () => {
    let up = false;
    const { add, written, sender } = createSender(() => (up ? null : because("network")));
    add("first");
    sender.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    up = true;
    sender.start();
    await vi.advanceTimersByTimeAsync(100);
    expect(written).toEqual(["first"]);
  });

  it("arrive in the order in which they were written after any failures", async () => {
    const step = fc.record({
      do: fc.constantFrom("add", "add", "retry", "online", "wait"),
      n: fc.nat(9),
      ms: fc.constantFrom(0, 10, 60, 1_900, 2_100, 5_000),
    });
    const responses = fc.array(fc.constantFrom("network", "rate_limited", "internal", null), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), responses, async (steps, remaining) => {
        const { add, sender, store, written } = createSender(() => {
          const code = remaining.shift() ?? null;
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
            const message = failed[each.n % Math.max(1, failed.length)];
            if (message) sender.retry(message.clientId);
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
