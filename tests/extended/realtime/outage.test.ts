import { afterAll, afterEach, expect, it } from "vitest";
import { leaveChat } from "@/lib/chat";
import { waitForDeferredWork } from "@/lib/core/defer";
import { emit, streamStats } from "@/lib/realtime";
import { type EventReader, openEventStream } from "@/tests/support/clients/event-reader";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createGroup, sendTestMessage } from "@/tests/support/factories/chat-tools";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** Streams while Redis is down, and after it. */

const proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;

const opened: EventReader[] = [];
async function open(person: Awaited<ReturnType<typeof createPerson>>, channel: string): Promise<EventReader> {
  const stream = await openEventStream(await accessTokenFor(person), { [channel]: null });
  opened.push(stream);
  await stream.waitForEvent("joined");
  await waitUntil("the stream is live", () => streamStats().live);
  return stream;
}

afterEach(async () => {
  await proxy.set("pass");
  for (const stream of opened.splice(0)) stream.close();
  await waitUntil("no streams are left", () => streamStats().streams === 0);
});
afterAll(() => proxy.close());

it("events lost while Redis was down make clients reload when it is back", async () => {
  const person = await createPerson();
  const channel = `user:${person.userId}` as const;
  const stream = await open(person, channel);
  await proxy.set("refuse");
  await waitUntil("the stream is not live", () => !streamStats().live);
  emit(channel, "unread", { unreadCount: 1 });
  await waitForDeferredWork();
  await proxy.set("pass");
  await stream.waitForEvent("reload");
  emit(channel, "unread", { unreadCount: 2 });
  await waitUntil("the next event arrives", () => stream.channelEvents(channel).length === 1);
  expect(stream.channelEvents(channel)[0]?.data).toEqual({ unreadCount: 2 });
  expect(stream.eventsNamed("reload")).toHaveLength(1);
});

it("a member who left a chat while Redis was down gets no more of its events", async () => {
  const [owner, member] = await createPeople(2);
  const chatId = await createGroup([owner, member]);
  const stream = await open(member, `chat:${chatId}`);
  await proxy.set("refuse");
  await waitUntil("the stream is not live", () => !streamStats().live);
  await leaveChat(member, chatId);
  await waitForDeferredWork();
  await proxy.set("pass");
  await stream.waitForEvent("denied");
  await sendTestMessage(owner, chatId, "not for them");
  await waitForDeferredWork();
  expect(stream.channelEvents(`chat:${chatId}`).filter(({ event }) => event === "message")).toEqual([]);
});
