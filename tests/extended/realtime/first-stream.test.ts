import { afterEach, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { readCursors, streamStats } from "@/lib/realtime";
import { appendEvent } from "@/lib/realtime/channel-log";
import { openCommandCounter } from "@/local/redis/command-counter";
import { type EventReader, openEventStream } from "@/tests/support/clients/event-reader";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { currentGateway } from "@/tests/support/stack/current-gateway";
import { workerStack } from "@/tests/support/stack/worker-stack";

/** The first stream of an instance, which subscribes to upstream, after the page that it belongs to. */

const { stats } = currentGateway();
let stream: EventReader | undefined;

afterEach(async () => {
  stream?.close();
  // It outlives the last stream by some seconds.
  await waitUntil("the upstream subscription has ended", () => !streamStats().listening);
});

const publish = (viewsCount: number) =>
  appendEvent({ channel: "views", event: "counts", data: { counts: [{ postId: newId(), viewsCount }] } });

/** An anonymous one: the presence of a signed-in one costs more. @returns what it sent Redis until it has joined */
async function openStream(after: string | null) {
  stats.reset();
  const opened = await openEventStream(null, { views: after });
  stream = opened;
  await opened.waitForEvent("joined");
  return { opened, commands: stats.snapshot().byCommand };
}

/** The second is the number of the last message. */
const WITHOUT_READS = { SUBSCRIBE: 1, GET: 1 };

it("reads no log whose head the page has read", async () => {
  await publish(1);
  const { views = "" } = await readCursors(["views"]);
  const { opened, commands } = await openStream(views);
  expect(commands).toEqual(WITHOUT_READS);
  expect(opened.eventsNamed("joined")).toMatchObject([{ channel: "views", resumed: true }]);
  await publish(2);
  await waitUntil("the event has arrived", () => opened.channelEvents("views").length === 1);
});

it("starts from now without a read where the page has read the head and passes no cursor", async () => {
  await publish(1);
  expect(await readCursors([], ["views"])).toEqual({});
  const { opened, commands } = await openStream(null);
  expect(commands).toEqual(WITHOUT_READS);
  expect(opened.eventsNamed("joined")).toMatchObject([{ channel: "views", resumed: false }]);
  await publish(2);
  await waitUntil("the event has arrived", () => opened.channelEvents("views").length === 1);
});

it("misses nothing that was published between the page and the stream", async () => {
  await publish(1);
  const { views = "" } = await readCursors(["views"]);
  await publish(2);
  const { opened } = await openStream(views);
  await waitUntil("the event has arrived", () => opened.channelEvents("views").length === 1);
});

it("misses nothing that another channel's message hides", async () => {
  await publish(1);
  const { views = "" } = await readCursors(["views"]);
  await appendEvent({ channel: `user:${newId()}`, event: "unread", data: { unreadCount: 1 } });
  const { opened, commands } = await openStream(views);
  // The number moved, so the log is read.
  expect(commands).toEqual({ ...WITHOUT_READS, EVALSHA: 1 });
  await publish(2);
  await waitUntil("the event has arrived", () => opened.channelEvents("views").length === 1);
});

it("reads the heads for pages again only when something was published", async () => {
  await publish(1);
  const counter = await openCommandCounter(workerStack().redisUrl);
  const first = await readCursors(["views"]);
  await counter.reset();
  expect(await readCursors(["views"])).toEqual(first);
  // The script, and the number of the last message.
  expect((await counter.read()).total).toBe(2);
  await publish(2);
  expect(await readCursors(["views"])).not.toEqual(first);
  counter.close();
});
