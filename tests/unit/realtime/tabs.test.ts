import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { StreamEvent } from "@/app/_data/realtime/event-stream";
import { waitUntil } from "@/tests/support/clients/wait-until";

/** The stream shared by a browser's tabs, with minimal fakes of the browser's APIs. */

const posts: string[] = [];
let isReportTaken = true;
const answers: string[] = [];
vi.mock("@/app/_data/realtime/send-presence", () => ({
  sendPresence: async (_: string, state: string) => {
    posts.push(state);
    return isReportTaken;
  },
  answerHeartbeat: async (token: string) => void answers.push(token),
}));
const calls: string[] = [];
let response: object = { ok: true };
vi.mock("@/app/_data/call-api", () => ({
  callApi: async (path: string) => {
    calls.push(path);
    return response;
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

  emit(name: string, data?: object): void {
    for (const listener of this.listeners.get(name) ?? [])
      listener(data ? { data: JSON.stringify(data) } : {});
  }

  close(): void {
    this.closed = true;
  }
}

const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
const setVisibility = (to: "visible" | "hidden") => {
  page.visibilityState = to;
  page.dispatchEvent(new Event("visibilitychange"));
};
vi.stubGlobal("document", page);
vi.stubGlobal("window", new EventTarget());
vi.stubGlobal("EventSource", Source);
vi.stubGlobal("navigator", {
  locks: { request: async (_name: string, _options: object, take: () => Promise<void>) => take() },
});

const { openSharedStream } = await import("@/app/_data/realtime/shared-stream");
const { startRealtime, subscribeToChannel } = await import("@/app/_data/realtime/channel-subscriptions");
const { OtherTabs } = await import("@/app/_data/realtime/other-tabs");

const events: StreamEvent[] = [];
let end: () => void = () => {};
let other: BroadcastChannel;

beforeEach(() => {
  page.visibilityState = "visible";
  for (const list of [posts, answers, calls, events, Source.all]) list.length = 0;
  isReportTaken = true;
  response = { ok: true };
  other = new BroadcastChannel("normaldance:realtime");
});
afterEach(() => {
  end();
  end = () => {};
  other.close();
  vi.useRealTimers();
});

function openStream(subscriptions: () => string[] = () => ["chat:x"], signedIn = true) {
  const stream = openSharedStream({
    signedIn,
    subscriptions,
    cursorOf: () => null,
    onEvent: (each) => events.push(each),
  });
  end = stream.close;
  return stream;
}

it("switching tabs keeps the user online, and leaving all tabs is published immediately", async () => {
  openStream();
  await waitUntil("the stream is open", () => Source.all.length === 1);
  expect(Source.last.query.get("state")).toBe("online");
  expect(Source.last.query.get("reported")).toBeNull();
  Source.last.emit("open", { streamId: "s", answerToken: "t", live: true });
  // The stream's address has reported it.
  expect(posts).toEqual([]);
  Source.last.emit("heartbeat", { live: true });
  expect([posts, answers]).toEqual([[], ["t"]]);
  setVisibility("hidden");
  other.postMessage({ type: "want", tab: "B", channels: [], visible: true });
  await delay(600);
  expect(posts).toEqual([]);
  isReportTaken = false;
  other.postMessage({ type: "want", tab: "B", channels: [], visible: false });
  await waitUntil("the change is sent", () => posts.length === 1);
  expect(posts[0]).toBe("away");
  isReportTaken = true;
  // The server did not take it: the next heartbeat repeats it.
  Source.last.emit("heartbeat", { live: true });
  expect([posts, answers]).toEqual([["away", "away"], ["t"]]);
  other.postMessage({ type: "want", tab: "B", channels: [], visible: true });
  await waitUntil("the change is sent", () => posts.length === 3);
  expect(posts[2]).toBe("online");
  setVisibility("hidden");
  Source.last.emit("reconnect", {});
  other.postMessage({ type: "bye", tab: "B" });
  await waitUntil("the stream is open again", () => Source.all.length === 2);
  expect(Source.last.query.get("state")).toBe("away");
  expect(Source.last.query.get("reported")).toBe("online");
});

it("a crashed tab stops counting as visible, and later loses its subscriptions", () => {
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

it("a tab announces itself periodically", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const messages: { type: string }[] = [];
  other.onmessage = ({ data }: MessageEvent<{ type: string }>) => messages.push(data);
  openStream();
  await vi.advanceTimersByTimeAsync(31_000);
  await waitUntil(
    "the announcements have arrived",
    () => messages.filter(({ type }) => type === "want").length >= 4,
  );
});

it("a rejected stream requests the reason and waits for its Retry-After", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  openStream();
  await waitUntil("the stream is open", () => Source.all.length === 1);
  response = { ok: false, failure: { code: "rate_limited", retryAfterSeconds: 1 } };
  Source.last.readyState = Source.CLOSED;
  Source.last.emit("error");
  await vi.advanceTimersByTimeAsync(1_000);
  await waitUntil("the reason is requested", () => calls.length === 1);
  expect(calls).toEqual(["/api/presence"]);
  await vi.advanceTimersByTimeAsync(1_000);
  await waitUntil("the stream is open again", () => Source.all.length === 2);
  response = { ok: false, failure: { code: "unauthenticated", retryAfterSeconds: null } };
  Source.last.readyState = Source.CLOSED;
  Source.last.emit("error");
  await vi.advanceTimersByTimeAsync(2_000);
  await waitUntil("the reason is requested", () => calls.length === 2);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(Source.all).toHaveLength(2);
});

it("a channel that the stream no longer has is not reported as joined", async () => {
  let subscriptions = ["chat:x", "chat:y"];
  const stream = openStream(() => subscriptions);
  await waitUntil("the stream is open", () => Source.all.length === 1);
  Source.last.emit("joined", { channel: "chat:x", at: "e:1", resumed: false });
  subscriptions = ["chat:y"];
  stream.onSubscriptionsChange();
  await waitUntil("the stream is open again", () => Source.all.length === 2);
  const messages: { type: string; said?: StreamEvent }[] = [];
  other.onmessage = ({ data }: MessageEvent<{ type: string; said?: StreamEvent }>) => messages.push(data);
  other.postMessage({ type: "want", tab: "B", channels: ["chat:x"], visible: false });
  await waitUntil("the stream has both channels", () =>
    Source.last.query.getAll("channel").includes("chat:x"),
  );
  expect(messages.filter((message) => message.said?.type === "joined")).toEqual([]);
});

it("a subscriber is notified when events resume, and when its channel is denied", async () => {
  end = startRealtime({ signedIn: true });
  const notifications: string[] = [];
  const subscriber = {
    onEvent: () => {},
    onReload: () => notifications.push("reload"),
    onLive: (live: boolean) => notifications.push(live ? "live" : "not live"),
  };
  const unsubscribe = subscribeToChannel("chat:z", subscriber);
  await waitUntil("the stream is open", () => Source.all.some(({ query }) => query.has("channel")));
  Source.last.emit("open", { streamId: "s", live: false });
  Source.last.emit("joined", { channel: "chat:z", at: "e:1", resumed: false });
  Source.last.emit("live", { live: true });
  expect(notifications.splice(0)).toEqual(["not live", "reload", "live"]);
  Source.last.emit("live", { live: false });
  Source.last.emit("live", { live: true });
  expect(notifications.splice(0)).toEqual(["not live", "live", "reload"]);

  Source.last.emit("denied", { channel: "chat:z" });
  expect(notifications.splice(0)).toEqual(["not live"]);
  // Another subscriber joins: the channel is requested again.
  const before = Source.all.length;
  const late: string[] = [];
  const unsubscribeLate = subscribeToChannel("chat:z", {
    ...subscriber,
    onReload: () => {},
    onLive: (live) => late.push(String(live)),
  });
  expect(late).toEqual(["false"]);
  await waitUntil("the channel is requested again", () => Source.all.length === before + 1);
  Source.last.emit("joined", { channel: "chat:z", at: "e:4", resumed: false });
  expect(notifications).toEqual(["live", "reload"]);
  expect(late).toEqual(["false", "true"]);
  unsubscribe();
  unsubscribeLate();
});

it("a page hidden while its stream opens reports that it is away", async () => {
  openStream();
  await waitUntil("the stream is open", () => Source.all.length === 1);
  page.visibilityState = "hidden";
  Source.last.emit("open", { streamId: "s", live: true });
  expect([Source.last.query.get("state"), posts]).toEqual(["online", ["away"]]);
});

it("what the document carried is read again only when events may be missing", async () => {
  const reloads: string[] = [];
  const subscriber = (name: string, sinceDocument: boolean) => ({
    ...{ onEvent: () => {}, onLive: () => {}, sinceDocument },
    onReload: () => reloads.push(name),
  });
  end = startRealtime({ signedIn: true, cursors: { "user:d": "e:7", "chat:d": "e:9" } });
  const unsubscribes = [
    subscribeToChannel("user:d", subscriber("shell", true)),
    subscribeToChannel("user:d", subscriber("page", false)),
    subscribeToChannel("chat:d", subscriber("chats", true)),
    subscribeToChannel("views", subscriber("views", true)),
  ];
  await waitUntil("the stream is open", () => Source.all.at(-1)?.query.getAll("channel").length === 3);
  expect(Source.last.query.getAll("after")).toEqual(["e:7", "e:9", ""]);
  Source.last.emit("open", { streamId: "s", live: true });
  Source.last.emit("joined", { channel: "user:d", at: "e:7", resumed: true });
  // Another tab's stream is at the document's cursor.
  Source.last.emit("joined", { channel: "chat:d", at: "e:9", resumed: false });
  Source.last.emit("joined", { channel: "views", at: "e:1", resumed: false });
  expect(reloads.splice(0)).toEqual(["page", "views"]);
  Source.last.emit("joined", { channel: "user:d", at: "e:30", resumed: false });
  expect(reloads.splice(0)).toEqual(["shell", "page"]);
  // What subscribes later was read at an unknown time.
  unsubscribes.push(subscribeToChannel("chat:d", subscriber("late", true)));
  await waitUntil("it reads again", () => reloads.length === 1);
  expect(reloads).toEqual(["late"]);
  for (const unsubscribe of unsubscribes) unsubscribe();
});

it("an anonymous viewer has a stream only while a public channel is subscribed, and no presence", async () => {
  let subscriptions: string[] = [];
  const stream = openStream(() => subscriptions, false);
  await delay(100);
  expect(Source.all).toEqual([]);
  subscriptions = ["views"];
  stream.onSubscriptionsChange();
  await waitUntil("the stream is open", () => Source.all.length === 1);
  expect(Source.last.query.get("as")).toBe("nobody");
  Source.last.emit("open", { streamId: "s", live: true });
  // A signed-in tab does not use an anonymous stream.
  other.postMessage({ type: "want", tab: "B", channels: ["user:y"], visible: true });
  await delay(100);
  expect(Source.all).toHaveLength(1);
  // A hidden tab has no stream.
  setVisibility("hidden");
  await waitUntil("the stream is closed", () => Source.last.closed);
  await delay(600);
  expect([posts, Source.all.length]).toEqual([[], 1]);
  setVisibility("visible");
  await waitUntil("the stream is open again", () => Source.all.length === 2);
  subscriptions = [];
  stream.onSubscriptionsChange();
  await waitUntil("the stream is closed permanently", () => Source.last.closed);
  expect(Source.all).toHaveLength(2);
  // A new subscriber in another tab gets no event that it has already joined.
  expect(events.at(-1)).toEqual({ type: "carries", channels: [] });
});
