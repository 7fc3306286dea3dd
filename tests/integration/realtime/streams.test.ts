import { afterEach, expect, it, vi } from "vitest";
import { joinChat, leaveChat } from "@/lib/chat";
import { newId } from "@/lib/core/ids";
import { clearLogs, emit, openStream, resetChannels, streamStats, wakeUserStreams } from "@/lib/realtime";
import { appendEvent, readLog, readLogHeads } from "@/lib/realtime/channel-log";
import { keys, redis } from "@/lib/redis";
import type { Channel } from "@/lib/schemas/channels";
import { EventReader, openEventStream } from "@/tests/support/clients/event-reader";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createGroup, sendTestMessage } from "@/tests/support/factories/chat-tools";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";

/** Streams whose rights, log or reader change. */

const opened: EventReader[] = [];
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const stream of opened.splice(0)) stream.close();
  await waitUntil("no streams are left", () => streamStats().streams === 0);
});

type Rights = ReadonlyMap<Channel, boolean>;

/** A stream opened without the route, whose rights the test decides. */
async function openWith(
  channels: Map<Channel, null>,
  getRights: () => Rights | Promise<Rights>,
  onClose?: () => Promise<void>,
): Promise<{ stream: EventReader; response: Response }> {
  const controller = new AbortController();
  const response = await openStream({
    ...{ owner: { userId: newId() }, channels, onClose, signal: controller.signal },
    ...{ isSessionValid: async () => true, authorizeChannels: async () => getRights() },
  });
  const stream = new EventReader(response, new Request("http://localhost/"), () => controller.abort());
  opened.push(stream);
  return { stream, response };
}

const unread = (unreadCount: number) => ({ event: "unread", data: { unreadCount } });
const countsOf = (stream: EventReader, channel: string) =>
  stream.channelEvents(channel).map(({ data }) => (data as { unreadCount: number }).unreadCount);

async function openOwn() {
  const person = await createPerson();
  const channel = `user:${person.userId}` as const;
  const stream = await openEventStream(await accessTokenFor(person), { [channel]: null });
  opened.push(stream);
  await stream.waitForEvent("joined");
  await waitUntil("the stream is live", () => streamStats().live);
  return { person, channel, stream };
}

/** Sets the log back, like a Redis restored from a snapshot. */
async function setBack(channel: Channel, n: number): Promise<void> {
  const entries = await redis().xrange(keys.realtimeLog(channel), "-", `${n}-0`);
  await redis().del(keys.realtimeLog(channel));
  for (const [id, fields] of Object.entries(entries))
    await redis().xadd(keys.realtimeLog(channel), id, fields);
  await redis().hset(keys.realtimeHead(channel), { n });
}

it.each([1, 2, 5])("a log set back by %i entries loses no event silently", async (lost) => {
  const { channel, stream } = await openOwn();
  for (let count = 1; count <= 10; count += 1) await appendEvent({ channel, ...unread(count) });
  await waitUntil("all events have arrived", () => stream.channelEvents(channel).length === 10);
  await setBack(channel, 10 - lost);
  await appendEvent({ channel, ...unread(100) });
  await waitUntil("the event arrives, or the client is told to reload", () => {
    return countsOf(stream, channel).includes(100) || stream.eventsNamed("reload").length > 0;
  });
});

it("a stream that reopens alone, or is an instance's first, reports no interruption", async () => {
  const { person, channel, stream } = await openOwn();
  expect(stream.eventsNamed("open")).toMatchObject([{ live: true }]);
  const at = String(stream.eventsNamed("joined")[0]?.at);
  stream.close();
  await waitUntil("no streams are left", () => streamStats().streams === 0);
  const reopened = await openEventStream(await accessTokenFor(person), { [channel]: at });
  opened.push(reopened);
  await appendEvent({ channel, ...unread(1) });
  await waitUntil("the event arrives", () => reopened.channelEvents(channel).length === 1);
  for (const each of [stream, reopened]) expect(each.eventsNamed("live")).toEqual([]);
  expect(reopened.eventsNamed("joined")).toMatchObject([{ resumed: true }]);
  expect(reopened.eventsNamed("open")).toMatchObject([{ live: true }]);
});

it("deleted messages are removed from the log, and open streams continue", async () => {
  const { channel, stream } = await openOwn();
  const first = await appendEvent({ channel, ...unread(1) });
  await appendEvent({ channel, ...unread(2) });
  await clearLogs([channel]);
  await appendEvent({ channel, ...unread(3) });
  await waitUntil("all events have arrived", () => stream.channelEvents(channel).length === 3);
  expect(stream.eventsNamed("reload")).toEqual([]);
  const late = await readLog({ channel, since: { ...first, n: 0 } });
  expect(late).toEqual({ head: { ...first, n: 3 }, events: null });
  expect((await readLog({ channel, since: { ...first, n: 2 } })).events).toEqual([unread(3)]);
});

it("resetting a channel makes clients reload immediately, also with concurrent events", async () => {
  const { channel, stream } = await openOwn();
  const { epoch } = await appendEvent({ channel, ...unread(1) });
  const startedAt = Date.now();
  await Promise.all([
    resetChannels([channel]),
    appendEvent({ channel, ...unread(2) }),
    resetChannels([channel]),
  ]);
  await stream.waitForEvent("reload");
  expect(Date.now() - startedAt).toBeLessThan(5_000);
  emit(channel, "unread", { unreadCount: 3 });
  await waitUntil("the next event arrives", () => countsOf(stream, channel).includes(3));
  expect((await readLogHeads([channel])).get(channel)?.epoch).not.toBe(epoch);
});

it("a member who rejoins a chat gets its events again, on the same stream", async () => {
  const [owner, member] = await createPeople(2);
  const chatId = await createGroup([owner, member], true);
  const [chat, own] = [`chat:${chatId}`, `user:${member.userId}`];
  const stream = await openEventStream(await accessTokenFor(member), { [chat]: null, [own]: null });
  opened.push(stream);
  await waitUntil(
    "both channels are joined",
    () => stream.eventsNamed("joined").length === 2 && streamStats().live,
  );
  await leaveChat(member, chatId);
  await stream.waitForEvent("denied");
  await joinChat(member, chatId);
  await waitUntil("the channel is joined again", () => stream.eventsNamed("joined").length === 3);
  expect(stream.eventsNamed("joined")[2]).toMatchObject({ channel: chat, resumed: false });
  await sendTestMessage(owner, chatId, "Welcome back");
  await waitUntil("the message arrives", () =>
    stream.channelEvents(chat).some(({ event }) => event === "message"),
  );
});

/** A stream whose heartbeats the test triggers. Time limits of Redis calls use real timers. */
async function openWithManualHeartbeats(...options: Parameters<typeof openWith>): Promise<EventReader> {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  // Heartbeats start without a random delay.
  vi.spyOn(Math, "random").mockReturnValue(0);
  const { stream } = await openWith(...options);
  await stream.waitForEvent("joined");
  await stream.waitForEvent("heartbeat");
  return stream;
}

it("rights are checked again every minute, without a wake-up message", async () => {
  const channel = `user:${newId()}` as const;
  let isAllowed = true;
  const stream = await openWithManualHeartbeats(
    new Map([[channel, null]]),
    () => new Map([[channel, isAllowed]]),
  );
  isAllowed = false;
  vi.advanceTimersByTime(61_000);
  await stream.waitForEvent("denied");
});

it("a channel with undecided rights is denied for now, without blocking others", async () => {
  const [known, unknown] = [`user:${newId()}`, `chat:${newId()}`] as const;
  let isDecided = false;
  const channels = new Map<Channel, null>([
    [known, null],
    [unknown, null],
  ]);
  const stream = await openWithManualHeartbeats(
    channels,
    () => new Map(isDecided ? [...channels.keys()].map((channel) => [channel, true]) : [[known, true]]),
  );
  expect(stream.eventsNamed("denied")).toEqual([{ channel: unknown }]);
  isDecided = true;
  vi.advanceTimersByTime(30_000);
  await waitUntil("the channel is joined later", () => stream.eventsNamed("joined").length === 2);
});

it("an older rights decision does not override a newer one", async () => {
  const channel = `user:${newId()}` as const;
  const responses: ((rights: Rights) => void)[] = [];
  let first = true;
  const userId = newId();
  const controller = new AbortController();
  const response = await openStream({
    ...{
      owner: { userId },
      channels: new Map([[channel, null]]),
      signal: controller.signal,
      isSessionValid: async () => true,
    },
    authorizeChannels: async () => {
      if (first) {
        first = false;
        return new Map([[channel, true]]);
      }
      return new Promise<Rights>((resolve) => responses.push(resolve));
    },
  });
  const stream = new EventReader(response, new Request("http://localhost/"), () => controller.abort());
  opened.push(stream);
  await waitUntil(
    "the stream is live",
    () => streamStats().live && stream.eventsNamed("joined").length === 1,
  );
  wakeUserStreams(userId);
  await waitUntil("the rights are requested", () => responses.length === 1);
  wakeUserStreams(userId);
  responses[0]?.(new Map([[channel, false]]));
  await waitUntil("the rights are requested again", () => responses.length === 2);
  responses[1]?.(new Map([[channel, true]]));
  await waitUntil("the channel is joined again", () => stream.eventsNamed("joined").length === 2);
});

it("a user can open thirty of sixty concurrent streams", async () => {
  const userId = newId();
  const controller = new AbortController();
  const open = () =>
    openStream({
      ...{
        owner: { userId },
        channels: new Map(),
        signal: controller.signal,
        isSessionValid: async () => true,
      },
      authorizeChannels: () => new Promise((resolve) => setTimeout(() => resolve(new Map()), 20)),
    });
  const all = await Promise.allSettled(Array.from({ length: 60 }, open));
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(30);
  controller.abort();
  await expect(open()).resolves.toBeInstanceOf(Response);
});

it("a client that does not read is cut off, and nothing is buffered for it", async () => {
  const channel = `user:${newId()}` as const;
  const first = await appendEvent({ channel, ...unread(0) });
  const big = { event: "unread", data: { pad: "x".repeat(8_000) } };
  await Promise.all(Array.from({ length: 190 }, () => appendEvent({ channel, ...big })));
  const response = await openStream({
    ...{
      owner: { userId: newId() },
      channels: new Map([[channel, first]]),
      signal: new AbortController().signal,
    },
    ...{ isSessionValid: async () => true, authorizeChannels: async () => new Map([[channel, true]]) },
  });
  await waitUntil("the stream is closed", () => streamStats().streams === 0);
  await expect(response.arrayBuffer()).rejects.toThrow("does not read");
});
