import { afterAll, afterEach, expect, it } from "vitest";
import { waitForDeferredWork } from "@/lib/core/defer";
import { emit, streamStats } from "@/lib/realtime";
import { keys, redis } from "@/lib/redis";
import { type EventReader, openEventStream } from "@/tests/support/clients/event-reader";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** The instance's subscription ends, as it does after five minutes without a message, and Redis answers. */

const proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;

const opened: EventReader[] = [];

/** A stream that has its first event and knows that it has missed none. */
async function openSettled(): Promise<{ stream: EventReader; emitUnread: (unreadCount: number) => void }> {
  const person = await createPerson();
  const channel = `user:${person.userId}` as const;
  const emitUnread = (unreadCount: number) => emit(channel, "unread", { unreadCount });
  // Messages are numbered from the first one on.
  emitUnread(0);
  await waitForDeferredWork();
  const stream = await openEventStream(await accessTokenFor(person), { [channel]: null });
  opened.push(stream);
  await stream.waitForEvent("joined");
  await waitUntil("the user is online", async () => {
    const score = await redis().zscore(keys.usersOnline, person.userId);
    return score !== null && streamStats().live;
  });
  await waitForDeferredWork();
  emitUnread(1);
  await waitUntil("the event arrives", () => stream.channelEvents(channel).length === 1);
  return { stream, emitUnread };
}

/** Cuts all connections to Redis. @param meanwhile  runs before the instance can connect again */
async function cutConnections(meanwhile?: () => Promise<unknown>): Promise<void> {
  const { connections } = proxy;
  if (meanwhile) {
    await proxy.set("refuse");
    await meanwhile();
  }
  await proxy.set("pass");
  await waitUntil("it is connected again", () => proxy.connections > connections && streamStats().live);
}

afterEach(async () => {
  for (const stream of opened.splice(0)) stream.close();
  await waitUntil("no streams are left", () => streamStats().streams === 0);
});
afterAll(() => proxy.close());

const unreadCounts = (stream: EventReader) =>
  stream.eventsNamed("event").map(({ data }) => (data as { unreadCount: number }).unreadCount);

it("is no interruption when nothing was published meanwhile", async () => {
  const { stream, emitUnread } = await openSettled();
  const before = stream.eventsNamed("live").length;
  await cutConnections();
  emitUnread(2);
  await waitUntil("the next event arrives", () => unreadCounts(stream).length === 2);
  expect(unreadCounts(stream)).toEqual([1, 2]);
  expect(stream.eventsNamed("live")).toHaveLength(before);
  expect(stream.eventsNamed("reload")).toEqual([]);
});

it("is one when something was, and pages read again", async () => {
  const { stream } = await openSettled();
  const before = stream.eventsNamed("live").length;
  await cutConnections(async () => {
    // What another instance publishes counts all messages.
    await fetch(`http://127.0.0.1:${currentGateway().port}`, {
      method: "POST",
      headers: { authorization: `Bearer ${process.env.UPSTASH_REDIS_REST_TOKEN}` },
      body: JSON.stringify(["INCR", keys.realtimeSequence]),
    });
  });
  await waitUntil("pages read again", () => stream.eventsNamed("live").length === before + 2);
  expect(stream.eventsNamed("live").slice(before)).toEqual([{ live: false }, { live: true }]);
});
