import { afterEach, expect, it, vi } from "vitest";
import { joinChat, leaveChat } from "@/lib/chat";
import { newId } from "@/lib/core/ids";
import {
  type Channel,
  clearLogs,
  emit,
  openStream,
  resetChannels,
  streamStats,
  wakeUserStreams,
} from "@/lib/realtime";
import { appendEvent, readLog, readLogHeads } from "@/lib/realtime/channel-log";
import { keys, redis } from "@/lib/redis";
import { EventReader, openEventStream } from "@/tests/support/clients/event-reader";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createGroup, sendTestMessage } from "@/tests/support/factories/chat-tools";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";

/** What becomes of a stream whose rights, log or reader are not what they were. */

const opened: EventReader[] = [];
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const stream of opened.splice(0)) stream.close();
  await waitUntil("nobody is left", () => streamStats().streams === 0);
});

type Rights = ReadonlyMap<Channel, boolean>;

/** A stream past the route, whose rights are what the test says. */
async function openWith(
  channels: Map<Channel, null>,
  mayListen: () => Rights | Promise<Rights>,
  onClose?: (id: string) => Promise<void>,
): Promise<{ stream: EventReader; response: Response }> {
  const gone = new AbortController();
  const response = await openStream({
    ...{ owner: { userId: newId() }, channels, onClose, signal: gone.signal },
    ...{ isSessionValid: async () => true, authorizeChannels: async () => mayListen() },
  });
  const stream = new EventReader(response, new Request("http://localhost/"), () => gone.abort());
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
  await waitUntil("it is live", () => streamStats().live);
  return { channel, stream };
}

/** As a Redis that was restored from a snapshot has it. */
async function setBack(channel: Channel, n: number): Promise<void> {
  const kept = await redis().xrange(keys.realtimeLog(channel), "-", `${n}-0`);
  await redis().del(keys.realtimeLog(channel));
  for (const [id, fields] of Object.entries(kept)) await redis().xadd(keys.realtimeLog(channel), id, fields);
  await redis().hset(keys.realtimeHead(channel), { n });
}

it.each([1, 2, 5])("a log that was set back by %i loses nothing without a word", async (lost) => {
  const { channel, stream } = await openOwn();
  for (let count = 1; count <= 10; count += 1) await appendEvent({ channel, ...unread(count) });
  await waitUntil("all have come", () => stream.channelEvents(channel).length === 10);
  await setBack(channel, 10 - lost);
  await appendEvent({ channel, ...unread(100) });
  await waitUntil("it comes, or they read anew", () => {
    return countsOf(stream, channel).includes(100) || stream.eventsNamed("reload").length > 0;
  });
});

it("words that were taken back are in no log, and whoever is there goes on", async () => {
  const { channel, stream } = await openOwn();
  const first = await appendEvent({ channel, ...unread(1) });
  await appendEvent({ channel, ...unread(2) });
  await clearLogs([channel]);
  await appendEvent({ channel, ...unread(3) });
  await waitUntil("all have come", () => stream.channelEvents(channel).length === 3);
  expect(stream.eventsNamed("reload")).toEqual([]);
  const late = await readLog({ channel, since: { ...first, n: 0 } });
  expect(late).toEqual({ head: { ...first, n: 3 }, events: null });
  expect((await readLog({ channel, since: { ...first, n: 2 } })).events).toEqual([unread(3)]);
});

it("a forgotten channel makes everybody read anew at once, also when it is said something at the same time", async () => {
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
  await waitUntil("it goes on", () => countsOf(stream, channel).includes(3));
  expect((await readLogHeads([channel])).get(channel)?.epoch).not.toBe(epoch);
});

it("who comes back into a chat hears of it again, on the same stream", async () => {
  const [owner, member] = await createPeople(2);
  if (!owner || !member) throw new Error("somebody is missing");
  const chatId = await createGroup([owner, member], true);
  const [chat, own] = [`chat:${chatId}`, `user:${member.userId}`];
  const stream = await openEventStream(await accessTokenFor(member), { [chat]: null, [own]: null });
  opened.push(stream);
  await waitUntil("both are joined", () => stream.eventsNamed("joined").length === 2 && streamStats().live);
  await leaveChat(member, chatId);
  await stream.waitForEvent("denied");
  await joinChat(member, chatId);
  await waitUntil("it is joined anew", () => stream.eventsNamed("joined").length === 3);
  expect(stream.eventsNamed("joined")[2]).toMatchObject({ channel: chat, resumed: false });
  await sendTestMessage(owner, chatId, "Welcome back");
  await waitUntil("it comes", () => stream.channelEvents(chat).some(({ event }) => event === "message"));
});

/** One whose heartbeats are moved by hand. The limits of calls to Redis, which are timeouts, are not. */
async function openWithMovedBeats(...options: Parameters<typeof openWith>): Promise<EventReader> {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  // They begin at once.
  vi.spyOn(Math, "random").mockReturnValue(0);
  const { stream } = await openWith(...options);
  await stream.waitForEvent("joined");
  await stream.waitForEvent("heartbeat");
  return stream;
}

it("rights are asked again every minute, without any news", async () => {
  const channel = `user:${newId()}` as const;
  let may = true;
  const stream = await openWithMovedBeats(new Map([[channel, null]]), () => new Map([[channel, may]]));
  may = false;
  vi.advanceTimersByTime(61_000);
  await stream.waitForEvent("denied");
});

it("what nobody can say anything about is denied for now, and holds up nothing else", async () => {
  const [known, unknown] = [`user:${newId()}`, `chat:${newId()}`] as const;
  let isThere = false;
  const channels = new Map<Channel, null>([
    [known, null],
    [unknown, null],
  ]);
  const stream = await openWithMovedBeats(
    channels,
    () => new Map(isThere ? [...channels.keys()].map((channel) => [channel, true]) : [[known, true]]),
  );
  expect(stream.eventsNamed("denied")).toEqual([{ channel: unknown }]);
  isThere = true;
  vi.advanceTimersByTime(15_000);
  await waitUntil("it is joined later", () => stream.eventsNamed("joined").length === 2);
});

it("an older answer about rights does not undo a newer one", async () => {
  const channel = `user:${newId()}` as const;
  const answers: ((rights: Rights) => void)[] = [];
  let first = true;
  const userId = newId();
  const gone = new AbortController();
  const response = await openStream({
    ...{
      owner: { userId },
      channels: new Map([[channel, null]]),
      signal: gone.signal,
      isSessionValid: async () => true,
    },
    authorizeChannels: async () => {
      if (first) {
        first = false;
        return new Map([[channel, true]]);
      }
      return new Promise<Rights>((resolve) => answers.push(resolve));
    },
  });
  const stream = new EventReader(response, new Request("http://localhost/"), () => gone.abort());
  opened.push(stream);
  await waitUntil("it is live", () => streamStats().live && stream.eventsNamed("joined").length === 1);
  wakeUserStreams(userId);
  await waitUntil("it is asked", () => answers.length === 1);
  wakeUserStreams(userId);
  answers[0]?.(new Map([[channel, false]]));
  await waitUntil("it is asked again", () => answers.length === 2);
  answers[1]?.(new Map([[channel, true]]));
  await waitUntil("it is joined anew", () => stream.eventsNamed("joined").length === 2);
});

it("of sixty streams of one person at once thirty are open", async () => {
  const userId = newId();
  const gone = new AbortController();
  const open = () =>
    openStream({
      ...{ owner: { userId }, channels: new Map(), signal: gone.signal, isSessionValid: async () => true },
      authorizeChannels: () => new Promise((resolve) => setTimeout(() => resolve(new Map()), 20)),
    });
  const all = await Promise.allSettled(Array.from({ length: 60 }, open));
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(30);
  gone.abort();
  await expect(open()).resolves.toBeInstanceOf(Response);
});

it("a browser that does not read is cut off, and nothing is kept for it", async () => {
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
  await waitUntil("it is cut off", () => streamStats().streams === 0);
  await expect(response.arrayBuffer()).rejects.toThrow("does not read");
});
