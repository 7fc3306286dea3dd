import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BackgroundSender } from "@/app/_features/chat/store/background-sender";
import type { ChatMessage, MessagesPage } from "@/app/_features/chat/store/chat-api";
import { ConversationStore } from "@/app/_features/chat/store/conversation-store";
import { createPinnedLoader } from "@/app/_features/chat/store/pinned-loader";
import { pollWhileVisible } from "@/app/_features/chat/store/poll-while-visible";
import type { ApiResult } from "@/app/_ui/api-result";

/** What a page asks by itself, and what it sends for chats that are not open. */

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const failed = (code: string, retryAfterSeconds: number | null = null): ApiResult<never> => ({
  ok: false,
  failure: { code, message: null, requestId: null, details: [], retryAfterSeconds },
});

describe("a page that is looked at", () => {
  it("asks now and then, not while it is hidden, and when it is seen again", async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
    vi.stubGlobal("document", page);
    const show = (state: "visible" | "hidden") => {
      page.visibilityState = state;
      page.dispatchEvent(new Event("visibilitychange"));
    };
    const look = vi.fn();
    let everyMs = 45_000;
    const end = pollWhileVisible(look, () => everyMs);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(look).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(16_000);
    expect(look).toHaveBeenCalledTimes(1);
    show("hidden");
    await vi.advanceTimersByTimeAsync(600_000);
    expect(look).toHaveBeenCalledTimes(1);
    show("visible");
    expect(look).toHaveBeenCalledTimes(2);
    everyMs = 4_000;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(look).toHaveBeenCalledTimes(3);
    end();
    show("visible");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(look).toHaveBeenCalledTimes(3);
  });
});

describe("what is pinned", () => {
  const message = (seq: number, pinnedAt: string | null = null): ChatMessage => ({
    ...{ id: `m${String(seq)}`, chatId: "c", seq, revision: seq, clientId: `k${String(seq)}`, text: "" },
    ...{ authorId: "other", authorName: "Other", createdAt: "", editedAt: null, deletedAt: null, pinnedAt },
    ...{ replyTo: null, post: null, mentions: [], reactions: [], attachments: [] },
  });
  const page = (revision: number): MessagesPage => ({
    ...{ items: [message(revision)], hasMore: true, revision, lastSeq: revision },
  });

  it("is asked for whenever the store has begun anew, until there is an answer", async () => {
    const store = new ConversationStore("me", page(100));
    const pinned: ApiResult<{ items: ChatMessage[] }> = { ok: true, data: { items: [message(5, "2026")] } };
    const ask = vi.fn().mockResolvedValue(pinned);
    const askPinned = createPinnedLoader(store, ask);
    await askPinned();
    expect(ask).not.toHaveBeenCalled();
    // Back to the end, and something was missed.
    store.reset(page(120));
    expect(store.getSnapshot().generation).toBe(1);
    ask.mockResolvedValueOnce(failed("network"));
    await askPinned();
    expect(store.getSnapshot().pinned).toHaveLength(0);
    await Promise.all([askPinned(), askPinned()]);
    expect(store.getSnapshot().pinned).toHaveLength(1);
    await askPinned();
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("is asked for once more when the store begins anew meanwhile", async () => {
    const store = new ConversationStore("me", page(100));
    const ask = vi.fn(async (): Promise<ApiResult<{ items: ChatMessage[] }>> => {
      if (ask.mock.calls.length === 1) store.reset(page(140));
      return { ok: true, data: { items: [message(5, "2026")] } };
    });
    const askPinned = createPinnedLoader(store, ask);
    store.reset(page(120));
    await askPinned();
    expect(store.getSnapshot().pinned).toHaveLength(1);
    expect(ask).toHaveBeenCalledTimes(2);
  });
});

describe("what was written in a chat that one has left", () => {
  /** Chats by their ids, each with its unsent texts. */
  function elsewhere(unsent: Record<string, string[]>, fate: (text: string) => ApiResult<unknown>) {
    const sent: string[] = [];
    const keeper = new BackgroundSender({
      listChatIds: () => Object.keys(unsent).filter((chatId) => unsent[chatId]?.length),
      listUnsent: (chatId) =>
        (unsent[chatId] ?? []).map((text) => ({
          ...{ clientId: text, text, replyTo: null, attachments: [], createdAt: "" },
        })),
      send: async (_, { text }) => {
        const result = fate(text);
        if (result.ok) sent.push(text);
        return result;
      },
      remove: (chatId, clientId) => {
        unsent[chatId] = (unsent[chatId] ?? []).filter((text) => text !== clientId);
      },
    });
    return { keeper, sent };
  }

  it("is tried again by itself, in order, and not in the chat that is open", async () => {
    let up = false;
    const fate = vi.fn(() => (up ? { ok: true as const, data: null } : failed("unavailable")));
    const { keeper, sent } = elsewhere({ a: ["a1", "a2"], b: ["b1"], open: ["o1"] }, fate);
    keeper.start("open");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fate.mock.calls.length).toBeGreaterThan(3);
    expect(fate.mock.calls.length).toBeLessThan(8);
    up = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual(["a1", "a2", "b1"]);
    keeper.start(null);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual(["a1", "a2", "b1", "o1"]);
  });

  it("is not blocked by what was refused, which is not tried again here", async () => {
    const fate = vi.fn((text: string) =>
      text === "bad" ? failed("conflict") : { ok: true as const, data: null },
    );
    const { keeper, sent } = elsewhere({ a: ["bad", "good"] }, fate);
    keeper.start(null);
    await vi.advanceTimersByTimeAsync(60_000);
    keeper.retryNow();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual(["good"]);
    expect(fate).toHaveBeenCalledTimes(2);
  });

  it("waits for as long as the server has asked for, and not at all once it ends", async () => {
    const fate = vi.fn(() => failed("rate_limited", 30));
    const { keeper } = elsewhere({ a: ["a1"] }, fate);
    keeper.start(null);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(fate).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(fate).toHaveBeenCalledTimes(2);
    keeper.stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(fate).toHaveBeenCalledTimes(2);
  });
});
