import { isDeepStrictEqual } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { GET as realtime } from "@/app/api/realtime/route";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { getOnlineUsersCount } from "@/lib/presence";
import { emit, emitVolatile, streamStats, wakeUserStreams } from "@/lib/realtime";
import { appendEvent, MAX_LOG_ENTRIES, readLogHeads } from "@/lib/realtime/channel-log";
import { keys, redis } from "@/lib/redis";
import { call } from "@/tests/support/clients/call";
import { type EventReader, openEventStream } from "@/tests/support/clients/event-reader";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";

process.env.TRUST_PROXY = "1";

const opened: EventReader[] = [];

/** Opens a stream of a user, or an anonymous one, and waits until it has joined all channels. */
async function open(
  person: Awaited<ReturnType<typeof createPerson>> | null,
  channels: Record<string, string | null>,
  headers: Record<string, string> = {},
): Promise<EventReader> {
  const stream = await openEventStream(person && (await accessTokenFor(person)), channels, headers);
  opened.push(stream);
  await waitUntil(
    "the stream has joined",
    () => stream.eventsNamed("joined").length === Object.keys(channels).length,
  );
  await waitUntil("the stream is live", () => streamStats().live);
  return stream;
}

afterEach(async () => {
  for (const stream of opened.splice(0)) stream.close();
  await waitUntil("no streams are left", () => streamStats().streams === 0);
});

const unread = (unreadCount: number) => ({ unreadCount });

describe("a channel", () => {
  it("delivers its events to every stream, in order, each with its cursor", async () => {
    const person = await createPerson();
    const channel = `user:${person.userId}` as const;
    const streams = [await open(person, { [channel]: null }), await open(person, { [channel]: null })];
    for (let count = 1; count <= 50; count += 1) emit(channel, "unread", unread(count));
    await waitForDeferredWork();
    for (const stream of streams) {
      await waitUntil("all events have arrived", () => stream.channelEvents(channel).length === 50);
      expect(stream.channelEvents(channel).map(({ data }) => data)).toEqual(
        Array.from({ length: 50 }, (_, at) => unread(at + 1)),
      );
      const [{ at } = { at: "" }] = stream.eventsNamed("joined");
      const epoch = at.split(":")[0];
      expect(stream.channelEvents(channel).map((event) => event.at)).toEqual(
        Array.from({ length: 50 }, (_, n) => `${epoch}:${n + 1}`),
      );
      expect(stream.events.findLast(({ id }) => id)?.id).toBe(`${channel}@${epoch}:50`);
    }
    // Concurrent events are one call.
    expect(streamStats()).toMatchObject({ streams: 2, channels: 1, subscriptions: 1 });
  });

  it("delivers exactly the events that a stream missed since its cursor", async () => {
    const person = await createPerson();
    const channel = `user:${person.userId}` as const;
    const first = await open(person, { [channel]: null });
    emit(channel, "unread", unread(1));
    await waitUntil("the event has arrived", () => first.channelEvents(channel).length === 1);
    const at = String(first.channelEvents(channel)[0]?.at);
    first.close();
    emit(channel, "unread", unread(2));
    emit(channel, "unread", unread(3));
    // Not waitForDeferredWork: it includes the grace period of the closed stream.
    await waitUntil("both are in the log", async () => (await readLogHeads([channel])).get(channel)?.n === 3);
    const second = await open(person, { [channel]: at });
    await waitUntil("both events have arrived", () => second.channelEvents(channel).length === 2);
    expect(second.channelEvents(channel).map(({ data }) => data)).toEqual([unread(2), unread(3)]);
    expect(second.eventsNamed("joined")).toEqual([{ channel, at, resumed: true }]);
    // A reconnecting browser sends Last-Event-ID, which is newer than its URL.
    const third = await open(
      person,
      { [channel]: at },
      { "last-event-id": String(second.events.findLast(({ id }) => id)?.id) },
    );
    emit(channel, "unread", unread(4));
    await waitUntil("the event has arrived", () => third.channelEvents(channel).length > 0);
    expect(third.channelEvents(channel).map(({ data }) => data)).toEqual([unread(4)]);
  });

  it("reports when the log is too short, of another epoch, or never existed", async () => {
    const person = await createPerson();
    const channel = `user:${person.userId}` as const;
    const { epoch } = await appendEvent({ channel, event: "unread", data: unread(0) });
    for (let count = 0; count <= MAX_LOG_ENTRIES; count += 100) {
      await Promise.all(
        Array.from({ length: 100 }, () => appendEvent({ channel, event: "unread", data: unread(1) })),
      );
    }
    for (const after of [`${epoch}:1`, `${epoch}:999999`, "another:5"]) {
      const stream = await open(person, { [channel]: after });
      expect(stream.eventsNamed("joined")).toMatchObject([{ channel, resumed: false }]);
      expect(stream.channelEvents(channel)).toEqual([]);
    }
    expect(await redis().xlen(keys.realtimeLog(channel))).toBe(MAX_LOG_ENTRIES);
  });

  it("makes open pages reload after a flush of Redis, and continues from there", async () => {
    const person = await createPerson();
    const channel = `user:${person.userId}` as const;
    const stream = await open(person, { [channel]: null });
    emit(channel, "unread", unread(1));
    await waitUntil("the event has arrived", () => stream.channelEvents(channel).length === 1);
    await redis().del(keys.realtimeHead(channel), keys.realtimeLog(channel));
    emit(channel, "unread", unread(2));
    await stream.waitForEvent("reload");
    expect(stream.eventsNamed("reload")).toMatchObject([{ channel }]);
    emit(channel, "unread", unread(3));
    await waitUntil("the last event has arrived", () =>
      stream.channelEvents(channel).some(({ data }) => isDeepStrictEqual(data, unread(3))),
    );
    const delivered = stream.channelEvents(channel).map(({ data }) => data);
    // Usually the reload includes event 2. It follows the reload when heads were compared before it was appended.
    expect([
      [unread(1), unread(3)],
      [unread(1), unread(2), unread(3)],
    ]).toContainEqual(delivered);
    expect(stream.events.filter(({ event }) => event === "event" || event === "reload")[1]?.event).toBe(
      "reload",
    );
  });

  it("delivers an entry whose Redis message was lost with the next one", async () => {
    const person = await createPerson();
    const channel = `user:${person.userId}` as const;
    const stream = await open(person, { [channel]: null });
    const { epoch } = await appendEvent({ channel, event: "unread", data: unread(1) });
    await waitUntil("the event has arrived", () => stream.channelEvents(channel).length === 1);
    // Written only to the log, as if the message had been lost.
    const lost = JSON.stringify({ event: "unread", data: unread(2) });
    const append = redis().multi();
    append.hincrby(keys.realtimeHead(channel), "n", 1);
    append.xadd(keys.realtimeLog(channel), "2-0", { e: lost });
    await append.exec();
    await appendEvent({ channel, event: "unread", data: unread(3) });
    await waitUntil("both events have arrived", () => stream.channelEvents(channel).length === 3);
    expect(stream.channelEvents(channel).map(({ data, at }) => [data, at])).toEqual(
      [1, 2, 3].map((count) => [unread(count), `${epoch}:${count}`]),
    );
  });

  it("delivers volatile events too, without a cursor", async () => {
    const person = await createPerson();
    const channel = `user:${person.userId}` as const;
    const stream = await open(person, { [channel]: null });
    emitVolatile(channel, "unread", unread(7));
    await waitUntil("the event has arrived", () => stream.channelEvents(channel).length === 1);
    expect(stream.channelEvents(channel)).toEqual([{ channel, event: "unread", data: unread(7) }]);
    expect((await readLogHeads([channel])).get(channel)).toMatchObject({ n: 0 });
  });

  it("publishes nothing that does not match the catalogue", async () => {
    const person = await createPerson();
    const channel = `user:${person.userId}` as const;
    const stream = await open(person, { [channel]: null });
    emit(channel, "unread", { unreadCount: "many" } as never);
    emit(channel, "unread", { ...unread(1), secret: "x" } as never);
    await waitUntil("the second event has arrived", () => stream.channelEvents(channel).length === 1);
    expect(stream.channelEvents(channel)[0]?.data).toEqual(unread(1));
  });
});

describe("access to channels", () => {
  it("is rejected with 403, or reported as denied among channels that are allowed", async () => {
    const [person, stranger] = [await createPerson(), await createPerson()];
    const theirs = `user:${stranger.userId}`;
    const token = await accessTokenFor(person);
    expect((await call(realtime, { token, query: `?channel=${theirs}` })).status).toBe(403);
    const own = `user:${person.userId}` as const;
    const stream = await openEventStream(token, { [theirs]: null, [own]: null });
    opened.push(stream);
    await stream.waitForEvent("joined");
    expect(stream.eventsNamed("denied")).toEqual([{ channel: theirs }]);
    emit(`user:${stranger.userId}`, "unread", unread(1));
    emit(own, "unread", unread(2));
    await waitUntil("an event has arrived", () => stream.channelEvents(own).length > 0);
    expect(stream.channelEvents(theirs)).toEqual([]);
  });

  it.each(["", "chat", "chat:1", "nothing:x", "views:1", "user:%2F"])(
    "%j is an invalid channel: 400",
    async (name) => {
      const token = await accessTokenFor(await createPerson());
      const answer = await call(realtime, { token, query: `?channel=${name}` });
      expect(answer).toMatchObject({ status: 400, body: { error: { code: "bad_request" } } });
    },
  );

  it("is limited to a hundred channels", async () => {
    const token = await accessTokenFor(await createPerson());
    const query = `?${Array.from({ length: 101 }, () => `channel=chat:${newId()}`).join("&")}`;
    expect((await call(realtime, { token, query })).status).toBe(400);
  });

  it("is unchanged by a wake-up message without changes", async () => {
    const person = await createPerson();
    const channel = `user:${person.userId}` as const;
    const stream = await open(person, { [channel]: null });
    wakeUserStreams(person.userId);
    emit(channel, "unread", unread(1));
    await waitUntil("the event has arrived", () => stream.channelEvents(channel).length === 1);
    expect([...stream.eventsNamed("denied"), ...stream.eventsNamed("session-ended")]).toEqual([]);
  });
});

describe("an anonymous viewer", () => {
  it("gets view counts, and has no presence", async () => {
    const before = await getOnlineUsersCount();
    const stream = await open(null, { views: null });
    const counts = [{ postId: newId(), viewsCount: 8 }];
    emit("views", "counts", { counts });
    await waitUntil("the event has arrived", () => stream.channelEvents("views").length === 1);
    expect(stream.channelEvents("views")).toMatchObject([{ event: "counts", data: { counts } }]);
    expect(streamStats()).toMatchObject({ people: 0, streams: 1 });
    expect(await getOnlineUsersCount()).toBeLessThanOrEqual(before);
  });

  it("gets 401 for any other channel, or for none", async () => {
    for (const query of [
      "",
      "?channel=presence",
      `?channel=views&channel=user:${newId()}`,
      `?channel=chat:${newId()}`,
    ])
      expect((await call(realtime, { query })).status, query).toBe(401);
    expect(streamStats().streams).toBe(0);
  });

  it("is a viewer whose page was rendered signed out, whatever cookies the browser has now", async () => {
    const person = await createPerson();
    const token = await accessTokenFor(person);
    const query = "?as=nobody&channel=views";
    const answer = await realtime(
      new Request(`http://localhost/api/realtime${query}`, { headers: { authorization: `Bearer ${token}` } }),
      { params: Promise.resolve({}) },
    );
    expect(streamStats()).toMatchObject({ people: 0, streams: 1 });
    await answer.body?.cancel();
    expect((await call(realtime, { token, query: `${query}&channel=user:${person.userId}` })).status).toBe(
      401,
    );
  });

  it("gets GET's headers from HEAD, which leaves no stream open", async () => {
    const query = "?channel=views";
    const answer = await call(realtime, { method: "HEAD", query });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      200,
      "text/event-stream; charset=utf-8",
    ]);
    expect((await call(realtime, { method: "HEAD", query: "?channel=presence" })).status).toBe(401);
    expect(streamStats().streams).toBe(0);
  });

  it("has at most a hundred streams per network on an instance, and the next gets 429", async () => {
    const from = (address: string) => openEventStream(null, { views: null }, { "x-forwarded-for": address });
    // A household has all addresses of its /56 network.
    const streams = await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        from(`2001:db8:1:${(at % 256).toString(16)}::${at.toString(16)}`),
      ),
    );
    opened.push(...streams);
    const [late, other] = [await from("2001:db8:1:ff::1"), await from("2001:db8:1:100::1")];
    opened.push(other);
    expect(streams.every(({ response }) => response.status === 200)).toBe(true);
    expect([late.response.status, other.response.status]).toEqual([429, 200]);
    streams[0]?.close();
    await waitUntil("a slot is free", () => streamStats().streams === 100);
    const next = await from("2001:db8:1:7::1");
    opened.push(next);
    expect(next.response.status).toBe(200);
  });
});
