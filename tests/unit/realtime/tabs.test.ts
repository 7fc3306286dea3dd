import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { StreamEvent } from "@/app/_data/realtime/stream-event";
import { waitUntil } from "@/tests/support/clients/wait-until";

/** The tabs' one stream, in a browser that is made of as little as it needs. */

const posts: string[] = [];
vi.mock("@/app/_data/realtime/send-presence", () => ({
  sendPresence: async (_: string, state: string) => void posts.push(state),
}));
const calls: string[] = [];
let answer: object = { ok: true };
vi.mock("@/app/_data/call-api", () => ({
  callApi: async (path: string) => {
    calls.push(path);
    return answer;
  },
}));

class Source {
  static readonly CLOSED = 2;
  static readonly all: Source[] = [];
  readyState = 1;
  closed = false;
  private readonly listeners = new Map<string, ((event: { data?: string }) => void)[]>();

  constructor(readonly url: string) {
    Source.all.push(this);
  }

  static get last(): Source {
    const last = Source.all.at(-1);
    if (!last) throw new Error("no stream was opened");
    return last;
  }

  get query(): URLSearchParams {
    return new URL(this.url, "http://localhost").searchParams;
  }

  addEventListener(name: string, listener: (event: { data?: string }) => void): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  say(name: string, data?: object): void {
    for (const listener of this.listeners.get(name) ?? [])
      listener(data ? { data: JSON.stringify(data) } : {});
  }

  close(): void {
    this.closed = true;
  }
}

const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
const turn = (to: "visible" | "hidden") => {
  page.visibilityState = to;
  page.dispatchEvent(new Event("visibilitychange"));
};
vi.stubGlobal("document", page);
vi.stubGlobal("window", new EventTarget());
vi.stubGlobal("EventSource", Source);
vi.stubGlobal("navigator", {
  locks: { request: async (_name: string, _options: object, take: () => Promise<void>) => take() },
});

const { openSharedStream: holdStream } = await import("@/app/_data/realtime/shared-stream");
const { startRealtime: beginRealtime, subscribeToChannel: follow } = await import(
  "@/app/_data/realtime/channel-subscriptions"
);
const { OtherTabs } = await import("@/app/_data/realtime/other-tabs");

const said: StreamEvent[] = [];
let end: () => void = () => {};
let other: BroadcastChannel;

beforeEach(() => {
  page.visibilityState = "visible";
  for (const list of [posts, calls, said, Source.all]) list.length = 0;
  answer = { ok: true };
  other = new BroadcastChannel("normaldance:realtime");
});
afterEach(() => {
  end();
  end = () => {};
  other.close();
  vi.useRealTimers();
});

function begin(wanted: () => string[] = () => ["chat:x"], signedIn = true) {
  const held = holdStream({
    signedIn,
    subscriptions: wanted,
    cursorOf: () => null,
    onEvent: (each) => said.push(each),
  });
  end = held.close;
  return held;
}

it("turning from one tab to another leaves the person online, and leaving all of them is said at once", async () => {
  begin();
  await waitUntil("it is open", () => Source.all.length === 1);
  expect(Source.last.query.get("state")).toBe("online");
  Source.last.say("open", { streamId: "s", live: true });
  turn("hidden");
  other.postMessage({ type: "want", tab: "B", channels: [], visible: true });
  await delay(600);
  expect(posts).toEqual(["online"]);
  other.postMessage({ type: "want", tab: "B", channels: [], visible: false });
  await waitUntil("it is said", () => posts.length === 2);
  expect(posts[1]).toBe("away");
  other.postMessage({ type: "want", tab: "B", channels: [], visible: true });
  await waitUntil("it is said", () => posts.length === 3);
  expect(posts[2]).toBe("online");
  turn("hidden");
  Source.last.say("reconnect", {});
  other.postMessage({ type: "bye", tab: "B" });
  await waitUntil("it is open again", () => Source.all.length === 2);
  expect(Source.last.query.get("state")).toBe("away");
});

it("a tab that crashed is looked at no more, and later wants nothing", () => {
  vi.useFakeTimers();
  const tabs = new OtherTabs();
  expect(tabs.update("B", { channels: ["chat:x"], visible: true })).toEqual(["chat:x"]);
  expect(tabs.update("B", { channels: ["chat:x"], visible: true })).toEqual([]);
  vi.advanceTimersByTime(20_000);
  expect([tabs.isAnyVisible(), tabs.subscribedChannels()]).toEqual([true, ["chat:x"]]);
  vi.advanceTimersByTime(10_000);
  expect([tabs.isAnyVisible(), tabs.subscribedChannels()]).toEqual([false, ["chat:x"]]);
  vi.advanceTimersByTime(180_000);
  expect(tabs.subscribedChannels()).toEqual([]);
});

it("a tab says every now and then that it is there", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const words: { type: string }[] = [];
  other.onmessage = ({ data }: MessageEvent<{ type: string }>) => words.push(data);
  begin();
  await vi.advanceTimersByTimeAsync(31_000);
  await waitUntil("it has come", () => words.filter(({ type }) => type === "want").length >= 4);
});

it("a refused stream asks why, and waits for as long as it is told to", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  begin();
  await waitUntil("it is open", () => Source.all.length === 1);
  answer = { ok: false, failure: { code: "rate_limited", retryAfterSeconds: 1 } };
  Source.last.readyState = Source.CLOSED;
  Source.last.say("error");
  await vi.advanceTimersByTimeAsync(1_000);
  await waitUntil("it asks", () => calls.length === 1);
  expect(calls).toEqual(["/api/presence"]);
  await vi.advanceTimersByTimeAsync(1_000);
  await waitUntil("it is open again", () => Source.all.length === 2);
  answer = { ok: false, failure: { code: "unauthenticated", retryAfterSeconds: null } };
  Source.last.readyState = Source.CLOSED;
  Source.last.say("error");
  await vi.advanceTimersByTimeAsync(2_000);
  await waitUntil("it asks", () => calls.length === 2);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(Source.all).toHaveLength(2);
});

it("what the stream carries no more is not said to be joined", async () => {
  let wanted = ["chat:x", "chat:y"];
  const held = begin(() => wanted);
  await waitUntil("it is open", () => Source.all.length === 1);
  Source.last.say("joined", { channel: "chat:x", at: "e:1", resumed: false });
  wanted = ["chat:y"];
  held.onSubscriptionsChange();
  await waitUntil("it is open again", () => Source.all.length === 2);
  const words: { type: string; said?: StreamEvent }[] = [];
  other.onmessage = ({ data }: MessageEvent<{ type: string; said?: StreamEvent }>) => words.push(data);
  other.postMessage({ type: "want", tab: "B", channels: ["chat:x"], visible: false });
  await waitUntil("it is open for both", () => Source.last.query.getAll("channel").includes("chat:x"));
  expect(words.filter((word) => word.said?.type === "joined")).toEqual([]);
});

it("who follows hears when events come again, and when a channel is not theirs", async () => {
  end = beginRealtime({ signedIn: true });
  const heard: string[] = [];
  const follower = {
    onEvent: () => {},
    onReload: () => heard.push("reload"),
    onLive: (live: boolean) => heard.push(live ? "live" : "not live"),
  };
  const leave = follow("chat:z", follower);
  await waitUntil("it is open", () => Source.all.some(({ query }) => query.has("channel")));
  Source.last.say("open", { streamId: "s", live: false });
  Source.last.say("joined", { channel: "chat:z", at: "e:1", resumed: false });
  Source.last.say("live", { live: true });
  expect(heard.splice(0)).toEqual(["not live", "reload", "live"]);
  Source.last.say("live", { live: false });
  Source.last.say("live", { live: true });
  expect(heard.splice(0)).toEqual(["not live", "live", "reload"]);

  Source.last.say("denied", { channel: "chat:z" });
  expect(heard.splice(0)).toEqual(["not live"]);
  // Another one begins to follow it: it is asked for once more.
  const before = Source.all.length;
  const late: string[] = [];
  const leaveToo = follow("chat:z", {
    ...follower,
    onReload: () => {},
    onLive: (live) => late.push(String(live)),
  });
  expect(late).toEqual(["false"]);
  await waitUntil("it is asked again", () => Source.all.length === before + 1);
  Source.last.say("joined", { channel: "chat:z", at: "e:4", resumed: false });
  expect(heard).toEqual(["live", "reload"]);
  expect(late).toEqual(["false", "true"]);
  leave();
  leaveToo();
});

it("where nobody is signed in there is a stream while something public is wanted, and nobody is said to be here", async () => {
  let wanted: string[] = [];
  const held = begin(() => wanted, false);
  await delay(100);
  expect(Source.all).toEqual([]);
  wanted = ["views"];
  held.onSubscriptionsChange();
  await waitUntil("it is open", () => Source.all.length === 1);
  expect(Source.last.query.get("as")).toBe("nobody");
  Source.last.say("open", { streamId: "s", live: true });
  // A tab of somebody's is none of theirs.
  other.postMessage({ type: "want", tab: "B", channels: ["user:y"], visible: true });
  await delay(100);
  expect(Source.all).toHaveLength(1);
  // While nobody looks there is none.
  turn("hidden");
  await waitUntil("it is let go", () => Source.last.closed);
  await delay(600);
  expect([posts, Source.all.length]).toEqual([[], 1]);
  turn("visible");
  await waitUntil("it is open again", () => Source.all.length === 2);
  wanted = [];
  held.onSubscriptionsChange();
  await waitUntil("it is let go for good", () => Source.last.closed);
  expect(Source.all).toHaveLength(2);
  // Another tab that begins to follow is not told that it has joined already.
  expect(said.at(-1)).toEqual({ type: "carries", channels: [] });
});
