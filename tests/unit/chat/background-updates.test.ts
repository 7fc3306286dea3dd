import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startLiveQuery } from "@/app/_data/realtime/live-query";
import { BackgroundSender } from "@/app/_features/chat/store/background-sender";
import { createPinnedLoader } from "@/app/_features/chat/store/catch-up";
import type { ChatMessage } from "@/app/_features/chat/store/chat-api";
import { ConversationStore } from "@/app/_features/chat/store/conversation-store";
import type { ApiResult } from "@/app/_ui/api-result";
import type { MessagesPage } from "@/lib/schemas/message-list";

/** Polling of the open page, and sending for chats that are not open. */

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const failed = (code: string, retryAfterSeconds: number | null = null): ApiResult<never> => ({
  ok: false,
  failure: { code, message: null, requestId: null, details: [], retryAfterSeconds },
});

describe("polling", () => {
  it("runs periodically while the page is visible, and when it becomes visible again", async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
    vi.stubGlobal("document", page);
    const show = (state: "visible" | "hidden") => {
      page.visibilityState = state;
      page.dispatchEvent(new Event("visibilitychange"));
    };
    const poll = vi.fn(async () => null);
    let everyMs = 45_000;
    const { stop: end } = startLiveQuery({ fetch: poll, paceMs: () => everyMs });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(poll).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(16_000);
    expect(poll).toHaveBeenCalledTimes(1);
    show("hidden");
    await vi.advanceTimersByTimeAsync(600_000);
    expect(poll).toHaveBeenCalledTimes(1);
    show("visible");
    expect(poll).toHaveBeenCalledTimes(2);
    everyMs = 4_000;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(poll).toHaveBeenCalledTimes(3);
    end();
    show("visible");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(poll).toHaveBeenCalledTimes(3);
  });

  it("retries failures with increasing delays, respects Retry-After, and stops at a final failure", async () => {
    vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
    const failures: (string | null)[] = ["network", "network", "rate_limited", "not_found", null];
    const fetch = vi.fn(async () => {
      const code = failures.shift();
      const result = code ? failed(code, code === "rate_limited" ? 30 : null) : null;
      return result && !result.ok ? result.failure : null;
    });
    const query = startLiveQuery({ fetch, paceMs: () => null });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetch).toHaveBeenCalledTimes(0);
    query.refetch();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(fetch).toHaveBeenCalledTimes(3);
    query.refetch();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(fetch).toHaveBeenCalledTimes(3);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(fetch).toHaveBeenCalledTimes(4);
    query.refetch();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(fetch).toHaveBeenCalledTimes(5);
    query.stop();
  });

  it("fetches again after a request in flight, and on a hidden page only if configured so", async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: "hidden" });
    vi.stubGlobal("document", page);
    const fetch = vi.fn(() => new Promise<null>((resolve) => setTimeout(() => resolve(null), 100)));
    const waiting = startLiveQuery({ fetch, paceMs: () => null });
    waiting.refetch();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(fetch).toHaveBeenCalledTimes(0);
    page.visibilityState = "visible";
    page.dispatchEvent(new Event("visibilitychange"));
    waiting.refetch();
    waiting.refetch();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(fetch).toHaveBeenCalledTimes(2);
    waiting.stop();
    page.visibilityState = "hidden";
    const eager = startLiveQuery({ fetch, paceMs: () => null, whileHidden: "fetch" });
    eager.refetch();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(fetch).toHaveBeenCalledTimes(3);
    eager.stop();
  });
});

describe("pinned messages", () => {
  const message = (seq: number, pinnedAt: string | null = null): ChatMessage => ({
    ...{ id: `m${String(seq)}`, chatId: "c", seq, revision: seq, clientId: `k${String(seq)}`, text: "" },
    ...{
      authorId: "other",
      authorName: "Other",
      authorHandle: null,
      createdAt: "",
      editedAt: null,
      deletedAt: null,
      pinnedAt,
    },
    ...{ replyTo: null, post: null, mentions: [], reactions: [], attachments: [] },
  });
  const page = (revision: number): MessagesPage => ({
    ...{ items: [message(revision)], hasMore: true, revision, lastSeq: revision },
  });

  it("are requested after each reset of the store until a response arrives", async () => {
    const store = new ConversationStore("me", page(100));
    const pinned: ApiResult<{ items: ChatMessage[] }> = { ok: true, data: { items: [message(5, "2026")] } };
    const fetchPinned = vi.fn().mockResolvedValue(pinned);
    const loadPinned = createPinnedLoader(store, fetchPinned);
    await loadPinned();
    expect(fetchPinned).not.toHaveBeenCalled();
    // Jumps to the newest messages, and some changes were missed.
    store.reset(page(120));
    expect(store.getSnapshot().generation).toBe(1);
    fetchPinned.mockResolvedValueOnce(failed("network"));
    await loadPinned();
    expect(store.getSnapshot().pinned).toHaveLength(0);
    await Promise.all([loadPinned(), loadPinned()]);
    expect(store.getSnapshot().pinned).toHaveLength(1);
    await loadPinned();
    expect(fetchPinned).toHaveBeenCalledTimes(2);
  });

  it("are requested again when the store is reset meanwhile", async () => {
    const store = new ConversationStore("me", page(100));
    const fetchPinned = vi.fn(async (): Promise<ApiResult<{ items: ChatMessage[] }>> => {
      if (fetchPinned.mock.calls.length === 1) store.reset(page(140));
      return { ok: true, data: { items: [message(5, "2026")] } };
    });
    const loadPinned = createPinnedLoader(store, fetchPinned);
    store.reset(page(120));
    await loadPinned();
    expect(store.getSnapshot().pinned).toHaveLength(1);
    expect(fetchPinned).toHaveBeenCalledTimes(2);
  });
});

describe("unsent messages of closed chats", () => {
  /** A background sender with unsent texts by chat id. */
  function createBackgroundSender(
    unsent: Record<string, string[]>,
    respond: (text: string) => ApiResult<unknown>,
  ) {
    const sent: string[] = [];
    const sender = new BackgroundSender({
      listChatIds: () => Object.keys(unsent).filter((chatId) => unsent[chatId]?.length),
      listUnsent: (chatId) =>
        (unsent[chatId] ?? []).map((text) => ({
          ...{ clientId: text, text, replyTo: null, attachments: [], createdAt: "" },
        })),
      send: async (_, { text }) => {
        const result = respond(text);
        if (result.ok) sent.push(text);
        return result;
      },
      remove: (chatId, clientId) => {
        unsent[chatId] = (unsent[chatId] ?? []).filter((text) => text !== clientId);
      },
    });
    return { sender, sent };
  }

  it("are retried in order, except those of the open chat", async () => {
    let up = false;
    const respond = vi.fn(() => (up ? { ok: true as const, data: null } : failed("unavailable")));
    const { sender, sent } = createBackgroundSender({ a: ["a1", "a2"], b: ["b1"], open: ["o1"] }, respond);
    sender.start("open");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(respond.mock.calls.length).toBeGreaterThan(3);
    expect(respond.mock.calls.length).toBeLessThan(8);
    up = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual(["a1", "a2", "b1"]);
    sender.start(null);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual(["a1", "a2", "b1", "o1"]);
  });

  it("are not blocked by a rejected one, which is not retried here", async () => {
    const respond = vi.fn((text: string) =>
      text === "bad" ? failed("conflict") : { ok: true as const, data: null },
    );
    const { sender, sent } = createBackgroundSender({ a: ["bad", "good"] }, respond);
    sender.start(null);
    await vi.advanceTimersByTimeAsync(60_000);
    sender.retryNow();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual(["good"]);
    expect(respond).toHaveBeenCalledTimes(2);
  });

  it("wait for the server's Retry-After, and stop when the sender stops", async () => {
    const respond = vi.fn(() => failed("rate_limited", 30));
    const { sender } = createBackgroundSender({ a: ["a1"] }, respond);
    sender.start(null);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(respond).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(respond).toHaveBeenCalledTimes(2);
    sender.stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(respond).toHaveBeenCalledTimes(2);
  });
});
