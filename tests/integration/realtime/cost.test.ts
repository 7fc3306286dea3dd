import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { POST as answer } from "@/app/api/realtime/route";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { readCursors, streamStats } from "@/lib/realtime";
import { appendEvent, readLog, readLogHeads } from "@/lib/realtime/channel-log";
import { keys, redis } from "@/lib/redis";
import { call } from "@/tests/support/clients/call";
import { type EventReader, openEventStream } from "@/tests/support/clients/event-reader";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** What open streams cost at Redis, by the commands that are sent: outside scripts each is billed once. */

const BEAT_MS = 30_000;
/** In which a beat waits for messages that are under way. */
const LONGER_THAN_ARRIVAL_MS = 400;
const { stats } = currentGateway();
const commands = () => stats.snapshot().byCommand;
const opened: EventReader[] = [];
const unread = (unreadCount: number) => ({ unreadCount });

/**
 * Redis has a number of the last message, which instances compare with theirs, and knows the scripts: the first call of
 * one is repeated with its text.
 */
beforeAll(async () => {
  const channel = `user:${newId()}` as const;
  const first = await appendEvent({ channel, event: "unread", data: unread(0) });
  await readLog({ channel, since: first });
  await readLogHeads([channel]);
});

// The beats are the test's; time limits of Redis calls use real timers.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(async () => {
  vi.useRealTimers();
  for (const stream of opened.splice(0)) stream.close();
  await waitUntil("no streams are left", () => streamStats().streams === 0);
});

async function open(token: string, channels: Record<string, string | null>, reported?: "online") {
  const stream = await openEventStream(token, channels, {}, reported ? { reported } : {});
  opened.push(stream);
  await waitUntil(
    "the stream has joined",
    () => stream.eventsNamed("joined").length === Object.keys(channels).length && streamStats().live,
  );
  return stream;
}

/**
 * Streams of earlier tests leave after a grace period of five seconds, each with a call and an event: on a slow machine
 * they would be counted. The tests that count stand first, so that at most one of them has streams before it.
 */
async function startCounting(): Promise<void> {
  await waitForDeferredWork();
  stats.reset();
}

it("concurrent events cost one call, and concurrent reads one", async () => {
  const person = await createPerson();
  const channel = `user:${person.userId}` as const;
  const first = await appendEvent({ channel, event: "unread", data: unread(0) });
  await startCounting();
  await Promise.all(
    Array.from({ length: 30 }, () => appendEvent({ channel, event: "unread", data: unread(1) })),
  );
  expect(stats.snapshot().httpRequests).toBe(1);
  stats.reset();
  const reads = await Promise.all(Array.from({ length: 30 }, () => readLog({ channel, since: first })));
  expect(stats.snapshot().httpRequests).toBe(1);
  expect(reads.map(({ events }) => events?.length)).toEqual(Array.from({ length: 30 }, () => 30));
});

it("concurrent reads of many events cost a call for each two hundred, and return all", async () => {
  const channels = Array.from({ length: 3 }, () => `user:${newId()}` as const);
  const firsts = await Promise.all(
    channels.map((channel) => appendEvent({ channel, event: "unread", data: unread(0) })),
  );
  for (const channel of channels)
    await Promise.all(
      Array.from({ length: 90 }, () => appendEvent({ channel, event: "unread", data: unread(1) })),
    );
  await startCounting();
  const reads = await Promise.all(
    channels.map((channel, index) => readLog({ channel, since: firsts[index] ?? null })),
  );
  expect(stats.snapshot().httpRequests).toBe(2);
  expect(reads.map(({ events }) => events?.length)).toEqual([90, 90, 90]);
});

it("a stream that reopens on its instance sends Redis nothing, and misses nothing", async () => {
  const person = await createPerson();
  const token = await accessTokenFor(person);
  const channel = `user:${person.userId}` as const;
  const first = await open(token, { [channel]: null, presence: null });
  await waitUntil("its own presence arrives", () => first.channelEvents("presence").length > 0);
  await appendEvent({ channel, event: "unread", data: { unreadCount: 1 } });
  await waitUntil("the event has arrived", () => first.channelEvents(channel).length === 1);
  const cursorOf = (name: string) => String(first.channelEvents(name).at(-1)?.at);
  await startCounting();
  first.close();
  await waitUntil("the stream has ended", () => streamStats().streams === 0);
  const cursors = { [channel]: cursorOf(channel), presence: cursorOf("presence") };
  const second = await open(token, cursors, "online");
  expect(second.eventsNamed("joined").every(({ resumed }) => resumed)).toBe(true);
  expect(commands()).toEqual({});
  expect(second.eventsNamed("open")[0].streamId).toBe(first.eventsNamed("open")[0].streamId);

  second.close();
  await waitUntil("the stream has ended", () => streamStats().streams === 0);
  await appendEvent({ channel, event: "unread", data: { unreadCount: 2 } });
  const third = await open(token, cursors, "online");
  await waitUntil("the event has arrived", () => third.channelEvents(channel).length === 1);
});

it("a page reads a head once, its stream and the next page none, and nothing is missed between them", async () => {
  const [viewer] = await createPeople(1);
  // The instance receives messages.
  const own = await open(await accessTokenFor(viewer), { [`user:${viewer.userId}`]: null, presence: null });
  await waitUntil("its own presence arrives", () => own.channelEvents("presence").length > 0);
  const publish = () =>
    appendEvent({
      channel: "views",
      event: "counts",
      data: { counts: [{ postId: newId(), viewsCount: 1 }] },
    });
  const openAnonymous = async (cursors: Record<string, string>) => {
    const stream = await openEventStream(null, cursors);
    opened.push(stream);
    await stream.waitForEvent("joined");
    expect(stream.eventsNamed("joined")[0]).toMatchObject({ resumed: true });
    return stream;
  };
  await publish();
  await startCounting();
  const cursors = await readCursors(["views"]);
  expect(stats.snapshot().httpRequests).toBe(1);
  const first = await openAnonymous(cursors);
  expect(await readCursors(["views"])).toEqual(cursors);
  expect(stats.snapshot().httpRequests).toBe(1);

  await publish();
  await waitUntil("the event has arrived", () => first.channelEvents("views").length === 1);
  expect(await readCursors(["views"])).not.toEqual(cursors);
  const second = await openAnonymous(cursors);
  await waitUntil("the event is repeated", () => second.channelEvents("views").length === 1);
});

it("a beat compares all channels of all streams, and checks all sessions, with one command", async () => {
  const people = await createPeople(5);
  for (const person of people) {
    const channels = { [`user:${person.userId}`]: null, presence: null, views: null };
    await open(await accessTokenFor(person), channels);
  }
  const last = people.at(-1)?.userId;
  await waitUntil("their own presence events have arrived", () =>
    opened.every((stream) =>
      stream.channelEvents("presence").some(({ data }) => (data as { userId: string }).userId === last),
    ),
  );
  // The first beats may still find a message under way.
  await waitUntil("a beat is one command", async () => {
    stats.reset();
    vi.advanceTimersByTime(BEAT_MS);
    await answerAll();
    await delay(LONGER_THAN_ARRIVAL_MS);
    return isDeepStrictEqual(commands(), { GET: 1 });
  });
});

async function answerAll(): Promise<void> {
  for (const stream of opened) {
    const { answerToken } = stream.eventsNamed("open")[0];
    expect((await call(answer, { body: { answerToken } })).status).toBe(200);
  }
}

it("an event whose message was lost arrives with the next beat", async () => {
  const person = await createPerson();
  const channel = `user:${person.userId}` as const;
  const stream = await open(await accessTokenFor(person), { [channel]: null });
  await appendEvent({ channel, event: "unread", data: { unreadCount: 1 } });
  await waitUntil("the event has arrived", () => stream.channelEvents(channel).length === 1);
  const append = redis().multi();
  append.hincrby(keys.realtimeHead(channel), "n", 1);
  append.xadd(keys.realtimeLog(channel), "2-0", {
    e: JSON.stringify({ event: "unread", data: { unreadCount: 2 } }),
  });
  append.incr(keys.realtimeSequence);
  await append.exec();
  vi.advanceTimersByTime(BEAT_MS);
  await waitUntil("the event has arrived", () => stream.channelEvents(channel).length === 2);
});

it("an answer needs the signature of its stream, and no session", async () => {
  expect((await call(answer, { body: { answerToken: "x" } })).status).toBe(404);
  expect((await call(answer, { body: { answerToken: newId() } })).status).toBe(404);
  const stream = await openEventStream(null, { views: null });
  opened.push(stream);
  await stream.waitForEvent("open");
  expect(stream.eventsNamed("open")[0]).not.toHaveProperty("answerToken");
});
