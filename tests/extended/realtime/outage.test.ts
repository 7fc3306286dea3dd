import { afterAll, afterEach, expect, it } from "vitest";
import { leaveChat } from "@/lib/chat";
import { deferredWork } from "@/lib/core/defer";
import { emit, streamStats } from "@/lib/realtime";
import { type EventReader, openEvents } from "@/tests/support/clients/event-reader";
import { until } from "@/tests/support/clients/wait-until";
import { createGroup, send } from "@/tests/support/factories/chat-tools";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { tokenOf } from "@/tests/support/factories/sessions";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { gateway } from "@/tests/support/stack/current-gateway";

/** Streams while Redis is away, and when it is back. */

const proxy = await startFaultProxy({ host: "127.0.0.1", port: gateway().port });
process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;

const opened: EventReader[] = [];
async function open(person: Awaited<ReturnType<typeof createPerson>>, channel: string): Promise<EventReader> {
  const stream = await openEvents(await tokenOf(person), { [channel]: null });
  opened.push(stream);
  await stream.untilNamed("joined");
  await until("it is live", () => streamStats().live);
  return stream;
}

afterEach(async () => {
  await proxy.set("pass");
  for (const stream of opened.splice(0)) stream.leave();
  await until("nobody is left", () => streamStats().streams === 0);
});
afterAll(() => proxy.close());

it("what could not be said while Redis was away makes everybody read anew when it is back", async () => {
  const person = await createPerson();
  const channel = `user:${person.userId}` as const;
  const stream = await open(person, channel);
  await proxy.set("refuse");
  await until("it is not live", () => !streamStats().live);
  emit(channel, "unread", { unreadCount: 1 });
  await deferredWork();
  await proxy.set("pass");
  await stream.untilNamed("reload");
  emit(channel, "unread", { unreadCount: 2 });
  await until("it goes on", () => stream.said(channel).length === 1);
  expect(stream.said(channel)[0]?.data).toEqual({ unreadCount: 2 });
  expect(stream.named("reload")).toHaveLength(1);
});

it("who left a chat while Redis was away hears no more of it", async () => {
  const [owner, member] = await createPeople(2);
  if (!owner || !member) throw new Error("somebody is missing");
  const chatId = await createGroup([owner, member]);
  const stream = await open(member, `chat:${chatId}`);
  await proxy.set("refuse");
  await until("it is not live", () => !streamStats().live);
  await leaveChat(member, chatId);
  await deferredWork();
  await proxy.set("pass");
  await stream.untilNamed("denied");
  await send(owner, chatId, "not for them");
  await deferredWork();
  expect(stream.said(`chat:${chatId}`).filter(({ event }) => event === "message")).toEqual([]);
});
