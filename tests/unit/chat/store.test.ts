import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConversationStore } from "@/app/_features/chat/store/conversation-store";
import type { OutgoingMessage } from "@/app/_features/chat/store/conversation-view";
import { MessageSender } from "@/app/_features/chat/store/message-sender";
import {
  createPending,
  FakeChatServer,
  flushMicrotasks,
  ME,
  networkFailure,
} from "@/tests/support/factories/fake-chat-server";
import { runs } from "@/tests/support/fuzz/runs";

describe("a conversation's store", () => {
  it("does not add a pending message that the server already has", () => {
    const server = new FakeChatServer();
    server.write(ME, "a");
    const store = new ConversationStore(ME, server.newest());
    expect(store.addPending(createPending("a"))).toBe(false);
    expect(store.getSnapshot().pending).toEqual([]);
  });

  it("ignores pages that were requested for another window", () => {
    const server = new FakeChatServer();
    for (let n = 0; n < 30; n++) server.write("other", `c${String(n)}`);
    const store = new ConversationStore(ME, server.newest());
    store.showAround(server.before(20), store.windowVersion);
    const { windowVersion: version } = store;
    store.showAround(server.before(8), version);
    store.applyNewer(server.after(19), version);
    store.applyOlder(server.before(17), version);
    expect(store.getSnapshot().messages.map(({ seq }) => seq)).toEqual([5, 6, 7]);
    store.applyNewer(server.after(7), store.windowVersion);
    store.applyOlder(server.before(5), store.windowVersion);
    expect(store.getSnapshot().messages.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(store.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: true, lastSeq: 30 });
  });

  it("shows current quotes, and keeps unchanged messages identical", () => {
    const server = new FakeChatServer();
    for (let n = 0; n < 3; n++) server.write("other", `c${String(n)}`);
    const store = new ConversationStore(ME, server.newest());
    const { replyTo } = server.read()[2] ?? {};
    store.addPending({ ...createPending("mine"), replyTo: replyTo ?? null });
    const before = store.getSnapshot();
    expect(before.messages[2]).toMatchObject({ replyTo: { id: "m1", text: "r1" } });
    const original = server.list[0];
    if (!original || !replyTo) throw new Error("the third message must quote the first");
    store.apply({ ...original, revision: 4, text: "", deletedAt: "2026-01-01T00:00:00.000Z" });
    const { messages, pending } = store.getSnapshot();
    expect(messages[2]?.replyTo?.text).toBe("");
    expect(pending[0]?.replyTo?.text).toBe("");
    expect(store.withCurrentQuote(replyTo).text).toBe("");
    expect(messages[1]).toBe(before.messages[1]);
    store.removePending("mine");
    expect(store.getSnapshot().messages[2]).toBe(messages[2]);
  });

  it("takes an attached post from the later response, although the message is unchanged", () => {
    const server = new FakeChatServer();
    for (let n = 0; n < 9; n++) server.write("other", `c${String(n)}`);
    const store = new ConversationStore(ME, server.newest());
    const titled = (title: string) => ({
      ...server.before(7),
      items: server.read(4, 6).map((each) => ({ ...each, post: { id: "p", title, authorName: "" } })),
    });
    const old = titled("Old");
    store.applyOlder(old, store.windowVersion);
    store.applyOlder({ ...titled("New"), revision: 10 }, store.windowVersion);
    store.applyOlder(old, store.windowVersion);
    expect(store.findShown(5)?.post?.title).toBe("New");
  });

  it("keeps its state when it returns to the newest messages and missed nothing", () => {
    const server = new FakeChatServer();
    for (let n = 0; n < 30; n++) server.write("other", `c${String(n)}`);
    const store = new ConversationStore(ME, server.newest());
    const pinned = server.change(4);
    if (pinned) server.list[4] = { ...pinned, pinnedAt: "2026-01-01T00:00:00.000Z" };
    store.applyChanges(server.since(30), store.generation);
    store.showAround(server.before(7), store.windowVersion);
    store.reset(server.newest());
    expect(store.getSnapshot().pinned).toHaveLength(1);
    expect(store.getSnapshot().messages.map(({ seq }) => seq)).toEqual([28, 29, 30]);
    server.change(0);
    store.reset(server.newest());
    expect(store.generation).toBe(1);
  });

  it("keeps another user's message apart from the viewer's with the same client id", () => {
    const server = new FakeChatServer();
    const store = new ConversationStore(ME, server.newest());
    store.addPending(createPending("a"));
    store.apply(server.write("other", "a"));
    expect(store.getSnapshot().pending).toHaveLength(1);
  });
});

describe("sending", () => {
  it("is in order and once when attempts and responses are lost", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("ok", "lost before", "lost after", "rejected"), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (outcomes, count) => {
          const server = new FakeChatServer();
          const store = new ConversationStore(ME, server.newest());
          const kept = new Map<string, OutgoingMessage>();
          const rejection = {
            ...networkFailure,
            failure: { ...networkFailure.failure, code: "bad_request" },
          };
          const sender = new MessageSender(store, {
            send: async ({ clientId }) => {
              const outcome = outcomes.shift() ?? "ok";
              if (outcome === "lost before") return networkFailure;
              if (outcome === "rejected") return rejection;
              const message = server.write(ME, clientId);
              return outcome === "lost after" ? networkFailure : { ok: true as const, data: { message } };
            },
            save: (pending) => kept.set(pending.clientId, pending),
            remove: (clientId) => kept.delete(clientId),
          });
          for (let n = 0; n < count; n++) sender.add(createPending(`c${String(n)}`));
          for (let turn = 0; turn < 40 && store.getSnapshot().pending.length > 0; turn++) {
            await flushMicrotasks();
            // An unsent message is still in the browser's storage.
            for (const { clientId } of store.getSnapshot().pending) expect(kept.has(clientId)).toBe(true);
            for (const { clientId, state, willRetry } of store.listPending())
              if (state === "failed" && !willRetry) sender.retry(clientId);
            sender.retryNow();
          }
          sender.stop();
          expect(kept.size).toBe(0);
          expect(store.getSnapshot().pending).toEqual([]);
          expect(server.list).toHaveLength(count);
          expect(store.getSnapshot().messages).toEqual(server.read());
          if (!outcomes.includes("rejected"))
            expect(new Set(server.list.map((m) => m.clientId)).size).toBe(count);
        },
      ),
      { numRuns: runs(300) },
    );
  });
});
