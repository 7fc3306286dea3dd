import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { GET, POST } from "@/app/api/presence/route";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { keys, redis } from "@/lib/redis";
import { call } from "@/tests/support/clients/call";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import {
  agePresence,
  newSocket,
  type PresenceInstance,
  presenceInstance,
} from "@/tests/support/factories/presence-tools";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { startHttpCallMeter } from "@/tests/support/proxies/http-call-meter";
import { currentGateway } from "@/tests/support/stack/current-gateway";

// Set before anything opens a connection.
const redisProxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
const meter = await startHttpCallMeter(`http://127.0.0.1:${redisProxy.port}`);
process.env.UPSTASH_REDIS_REST_URL = meter.url;

let person: Caller;
beforeEach(async () => {
  person = await createPerson();
});
afterEach(() => redisProxy.set("pass"));
afterAll(async () => {
  await meter.close();
  await redisProxy.close();
});

/** The published states of the test's user; an instance also publishes other users' expiry. */
const publishedFor = (...instances: PresenceInstance[]) =>
  instances.flatMap((each) => each.published).filter(({ userId }) => userId === person.userId);
const states = (...instances: PresenceInstance[]) => publishedFor(...instances).map(({ state }) => state);
const fetchPresence = async (userIds: readonly string[], as = person) =>
  (await call(GET, { as, query: `?userIds=${userIds.join(",")}` })).body;
const ttlSeconds = (key: string) => redis().ttl(key);

describe("a user", () => {
  it("is online with a stream, published once, and offline when it is closed", async () => {
    const instance = presenceInstance();
    const { userId } = person;
    const socket = newSocket();
    await instance.setOnline(userId, socket);
    await instance.report(userId, socket, "online");
    expect(publishedFor(instance)).toEqual([{ userId, state: "online", lastSeenAt: expect.any(String) }]);
    expect(await instance.getUserPresence(userId)).toMatchObject({ userId, state: "online" });
    expect(await instance.isUserOnline(userId)).toBe(true);
    expect(await instance.getOnlineUsers()).toContain(userId);
    expect(await instance.getOnlineUsersCount()).toBeGreaterThanOrEqual(1);

    await instance.setOffline(userId, socket);
    expect(publishedFor(instance).slice(1)).toEqual([
      { userId, state: "offline", lastSeenAt: expect.any(String) },
    ]);
    expect(await instance.isUserOnline(userId)).toBe(false);
    expect(await instance.getOnlineUsers()).not.toContain(userId);
    const { lastSeenAt } = await instance.getUserPresence(userId);
    expect(Math.abs(Date.parse(lastSeenAt ?? "") - Date.now())).toBeLessThan(10_000);
    // The key is kept for a day.
    expect(await ttlSeconds(keys.userPresence(userId))).toBeGreaterThan(86_000);
  });

  it("with three streams on three instances counts once, and is away only when all of them are", async () => {
    const instances = [presenceInstance(), presenceInstance(), presenceInstance()];
    const { userId } = person;
    const sockets = instances.map(newSocket);
    const [one = instances[0], two = one, three = one] = instances;
    if (!one || !two || !three) throw new Error("an instance is missing");
    const before = await one.getOnlineUsersCount();
    await Promise.all(instances.map((each, n) => each.setOnline(userId, sockets[n] ?? "")));
    expect(await one.getOnlineUsersCount()).toBe(before + 1);
    for (const [n, each] of instances.entries()) {
      expect((await each.getUserPresence(userId)).state).toBe("online");
      await each.report(userId, sockets[n] ?? "", "away");
    }
    expect((await one.getUserPresence(userId)).state).toBe("away");
    await two.report(userId, sockets[1] ?? "", "online");
    await two.setOffline(userId, sockets[1] ?? "");
    await one.setOffline(userId, sockets[0] ?? "");
    await three.setOffline(userId, sockets[2] ?? "");
    expect(states(...instances).sort()).toEqual(["away", "away", "offline", "online", "online"]);
    expect(states(three).at(-1)).toBe("offline");
  });

  it("who returns within the grace period stays online, otherwise goes offline after it", async () => {
    const instance = presenceInstance({ graceMs: 150 });
    const { userId } = person;
    const [first, second] = [newSocket(), newSocket()];
    await instance.setOnline(userId, first);
    instance.leave(userId, first);
    await instance.setOnline(userId, second);
    await waitForDeferredWork();
    expect(states(instance)).toEqual(["online"]);
    expect(await redis().zrange(keys.userSockets(userId), 0, -1)).toEqual([second]);

    const closedAt = Date.now();
    instance.leave(userId, second);
    await waitUntil("the user is offline", () => states(instance).at(-1) === "offline");
    expect(Date.now() - closedAt).toBeGreaterThanOrEqual(140);
    expect(states(instance)).toEqual(["online", "offline"]);
  });

  it("whose stream moves while no page is visible stays away", async () => {
    const instance = presenceInstance();
    const { userId } = person;
    const [first, second] = [newSocket(), newSocket()];
    await instance.setOnline(userId, first, "away");
    await instance.setOnline(userId, second, "away");
    await instance.setOffline(userId, first);
    expect(states(instance)).toEqual(["away"]);
  });

  it("whose instance died goes offline when their lease ends, published by one instance only", async () => {
    const options = { leaseMs: 300, beatMs: 100_000 };
    const instances = [presenceInstance(options), presenceInstance(options), presenceInstance(options)];
    const { userId } = person;
    await instances[0]?.setOnline(userId, newSocket());
    const registeredAt = Date.now();
    const [viewer = presenceInstance(options)] = instances;
    await waitUntil("the lease ends", async () => !(await viewer.isUserOnline(userId)));
    expect(Date.now() - registeredAt).toBeGreaterThanOrEqual(250);
    await Promise.all(instances.slice(1).map((each) => each.beat()));
    expect(states(...instances)).toEqual(["online", "offline"]);
    expect(await redis().zscore(keys.usersOnline, userId)).toBeNull();
    const { lastSeenAt } = await viewer.getUserPresence(userId);
    expect(Date.parse(lastSeenAt ?? "")).toBeLessThanOrEqual(registeredAt);
    expect(await ttlSeconds(keys.userPresence(userId))).toBeGreaterThan(86_000);
    expect(await redis().exists(keys.userSockets(userId))).toBe(0);
  });

  it("whose browser vanishes goes offline when its answers stop, and comes back with the next", async () => {
    const instance = presenceInstance({ answerTimeoutMs: 400 });
    const { userId } = person;
    const socket = newSocket();
    await instance.setOnline(userId, socket);
    const openedAt = Date.now();
    while (Date.now() - openedAt < 600) {
      await instance.answer(socket);
      await delay(50);
    }
    expect(states(instance)).toEqual(["online"]);
    await waitUntil("the user is offline", () => states(instance).at(-1) === "offline");
    expect(await instance.isUserOnline(userId)).toBe(false);
    // A beat does not revive a silent stream.
    await instance.beat();
    expect(await instance.isUserOnline(userId)).toBe(false);
    await instance.answer(socket);
    expect(states(instance)).toEqual(["online", "offline", "online"]);
    await instance.setOffline(userId, socket);
  });

  it("whose answers reach another instance stays present, and comes back by them", async () => {
    const [owner, other] = [presenceInstance({ answerTimeoutMs: 1_000 }), presenceInstance()];
    const { userId } = person;
    const socket = newSocket();
    await owner.setOnline(userId, socket);
    const openedAt = Date.now();
    await other.answer(socket);
    await waitUntil("the user is offline", () => states(owner).at(-1) === "offline");
    expect(Date.now() - openedAt).toBeGreaterThan(1_400);
    await other.answer(socket);
    await owner.beat();
    expect(states(owner)).toEqual(["online", "offline", "online"]);
    await owner.setOffline(userId, socket);
  });

  it("whose stream reopens on its instance costs Redis nothing, and is removed after the last one", async () => {
    const instance = presenceInstance({ graceMs: 150 });
    const { userId } = person;
    const first = instance.takeStreamId(userId);
    await instance.setOnline(userId, first);
    const firstLeft = instance.leave(userId, first);
    meter.reset();
    const second = instance.takeStreamId(userId);
    expect(second).toBe(first);
    await instance.setOnline(userId, second, "online", "online");
    await firstLeft;
    expect(meter.calls).toBe(0);
    // One that is open gives its id to no other.
    expect(instance.takeStreamId(userId)).not.toBe(first);
    // A change that reached another instance is not overlooked by a page that does not know of it.
    await presenceInstance().report(userId, first, "away");
    const secondLeft = instance.leave(userId, first);
    await instance.setOnline(userId, instance.takeStreamId(userId), "online");
    await secondLeft;
    expect(states(instance)).toEqual(["online", "online"]);
    await instance.leave(userId, first);
    expect(states(instance)).toEqual(["online", "online", "offline"]);
  });

  it("is last seen at the last heartbeat, also before any sweep and after the hash has expired", async () => {
    const instance = presenceInstance();
    const { userId } = person;
    await instance.setOnline(userId, newSocket());
    const firstSeenAt = publishedFor(instance)[0]?.lastSeenAt;
    await agePresence([userId], 110_000);
    expect(await instance.getUserPresence(userId)).toEqual({
      userId,
      state: "offline",
      lastSeenAt: new Date(Date.parse(firstSeenAt ?? "") - 110_000).toISOString(),
    });
    // The hash has expired, and no instance has swept.
    await redis().del(keys.userPresence(userId));
    const { lastSeenAt } = await instance.getUserPresence(userId);
    expect(Math.abs(Date.parse(lastSeenAt ?? "") - Date.parse(firstSeenAt ?? "") + 110_000)).toBeLessThan(10);
  });
});

describe("a hidden user", () => {
  it("appears nowhere to others, from that moment on", async () => {
    const instance = presenceInstance();
    const { userId } = person;
    const socket = newSocket();
    await instance.setOnline(userId, socket);
    await db().user.update({ where: { id: userId }, data: { hidesPresence: true } });
    await instance.setHidden(userId, true);
    expect(publishedFor(instance).at(-1)).toEqual({ userId, state: "offline", lastSeenAt: null });
    const count = await instance.getOnlineUsersCount();

    await instance.report(userId, socket, "away");
    await presenceInstance().setOnline(userId, newSocket());
    expect(await instance.getUserPresence(userId)).toEqual({ userId, state: "offline", lastSeenAt: null });
    expect(await instance.getOnlineUsers()).not.toContain(userId);
    expect(await instance.getOnlineUsersCount()).toBe(count);
    expect(JSON.stringify(await redis().hgetall(keys.userPresence(userId)))).not.toMatch(/"seen":1/);
    expect(publishedFor(instance)).toHaveLength(2);

    // When shown again, the state follows the streams.
    await db().user.update({ where: { id: userId }, data: { hidesPresence: false } });
    await instance.setHidden(userId, false);
    expect(publishedFor(instance).at(-1)).toEqual({
      userId,
      state: "online",
      lastSeenAt: expect.any(String),
    });
  });

  it("is looked up in Postgres when Redis does not know, and again after a while", async () => {
    await db().user.update({ where: { id: person.userId }, data: { hidesPresence: true } });
    const instance = presenceInstance();
    const socket = newSocket();
    await instance.setOnline(person.userId, socket);
    expect(publishedFor(instance)).toEqual([]);
    // As if Redis had been down during the change.
    await db().user.update({ where: { id: person.userId }, data: { hidesPresence: false } });
    await instance.report(person.userId, socket, "online");
    expect(publishedFor(instance)).toEqual([]);
    await agePresence([person.userId], 5 * 60_000);
    await instance.report(person.userId, socket, "online");
    expect(states(instance)).toEqual(["online"]);
  });

  it("is found hidden, or shown, by the next beat of an instance that did not change it", async () => {
    const [owner, other] = [presenceInstance(), presenceInstance()];
    const { userId } = person;
    const socket = newSocket();
    await owner.setOnline(userId, socket);
    await db().user.update({ where: { id: userId }, data: { hidesPresence: true } });
    await other.setHidden(userId, true);
    await owner.beat();
    expect(await owner.isUserOnline(userId)).toBe(false);
    await db().user.update({ where: { id: userId }, data: { hidesPresence: false } });
    await other.setHidden(userId, false);
    await agePresence([userId], 40_000);
    await owner.beat();
    await agePresence([userId], 40_000);
    expect(await owner.isUserOnline(userId)).toBe(true);
    await owner.setOffline(userId, socket);
  });

  it("that is erased leaves nothing", async () => {
    const instance = presenceInstance();
    const { userId } = person;
    const socket = newSocket();
    await instance.setOnline(userId, socket);
    await instance.erasePresence(userId);
    await instance.setOffline(userId, socket);
    expect(states(instance)).toEqual(["online", "offline"]);
    expect(await redis().exists(keys.userPresence(userId), keys.userSockets(userId))).toBe(0);
    expect(await redis().zscore(keys.usersOnline, userId)).toBeNull();
  });
});

describe("the API", () => {
  it("records heartbeats and returns up to a hundred users, in order", async () => {
    const other = await createPerson();
    const streamId = newId();
    expect((await call(POST, { as: person, body: { streamId, state: "away" } })).body).toEqual({});
    expect(await fetchPresence([other.userId, person.userId], other)).toEqual({
      items: [
        { userId: other.userId, state: "offline", lastSeenAt: null },
        { userId: person.userId, state: "away", lastSeenAt: expect.any(String) },
      ],
      onlineCount: expect.any(Number),
      known: true,
    });
    const repeated = await call(GET, {
      as: person,
      query: `?userIds=${other.userId}&userIds=${person.userId.toUpperCase()}`,
    });
    expect(repeated.body.items).toHaveLength(2);
    expect((await call(GET, { as: person })).body).toMatchObject({ items: [], known: true });
    const many = Array.from({ length: 101 }, () => newId()).join(",");
    expect((await call(GET, { as: person, query: `?userIds=${many}` })).status).toBe(400);
    expect((await call(GET, { as: person, query: "?userIds=me" })).status).toBe(400);
    expect((await call(POST, { as: person, body: { streamId, state: "offline" } })).status).toBe(400);
  });

  it("returns every user as offline without Redis, and marks the response as unknown", async () => {
    await call(POST, { as: person, body: { streamId: newId(), state: "online" } });
    await redisProxy.set("refuse");
    expect(await fetchPresence([person.userId])).toEqual({
      items: [{ userId: person.userId, state: "offline", lastSeenAt: null }],
      onlineCount: 0,
      known: false,
    });
    expect((await call(POST, { as: person, body: { streamId: newId(), state: "online" } })).status).toBe(200);
    const instance = presenceInstance({ graceMs: 1 });
    await instance.setOnline(person.userId, newSocket());
    instance.leave(person.userId, newSocket());
    await waitForDeferredWork();
    expect([await instance.getOnlineUsers(), await instance.getOnlineUsersCount()]).toEqual([[], 0]);
    expect(publishedFor(instance)).toEqual([]);
    await redisProxy.set("pass");
    await waitUntil("Redis is used again", async () => (await fetchPresence([person.userId])).known);
  });

  it("is right after a flush of Redis with the next beat", async () => {
    const instance = presenceInstance();
    const socket = newSocket();
    await instance.setOnline(person.userId, socket, "away");
    await redis().flushdb();
    expect(await instance.isUserOnline(person.userId)).toBe(false);
    await instance.beat();
    expect((await instance.getUserPresence(person.userId)).state).toBe("away");
  });
});

it("clearing all presence publishes visible users as offline and leaves no key", async () => {
  const instance = presenceInstance();
  const hidden = await createPerson();
  await instance.setOnline(person.userId, newSocket());
  await instance.setHidden(hidden.userId, true);
  await instance.setOnline(hidden.userId, newSocket());
  await instance.clearAllPresence();
  expect(states(instance)).toEqual(["online", "offline"]);
  expect(instance.published.filter(({ userId }) => userId === hidden.userId)).toEqual([]);
  expect(await redis().keys("webchat:user*")).toEqual([]);
});

it("a beat is one call of two commands for any number of streams, an answer none, a read of 100 users one call", async () => {
  const instance = presenceInstance();
  const people = await createPeople(20);
  const sockets = people.map(newSocket);
  for (const [index, { userId }] of people.entries()) await instance.setOnline(userId, sockets[index] ?? "");
  const ids = Array.from({ length: 100 }, () => newId());
  await instance.getPresences(ids);
  await instance.beat();

  const { stats } = currentGateway();
  stats.reset();
  meter.reset();
  await instance.beat();
  for (const socket of sockets) await instance.answer(socket);
  expect(meter.calls).toBe(1);
  expect(stats.snapshot().byCommand).toEqual({ ZADD: 1, ZRANGEBYSCORE: 1 });
  expect(await instance.isUserOnline(people[0]?.userId ?? "")).toBe(true);
  meter.reset();
  await instance.getPresences(ids);
  expect(meter.calls).toBe(1);
  for (const [index, { userId }] of people.entries()) await instance.setOffline(userId, sockets[index] ?? "");
});

it("an open stream is registered for as long as it is open", async () => {
  const instance = presenceInstance({ registrationMs: 1_000, beatMs: 300 });
  const { userId } = person;
  const [kept, closed] = [newSocket(), newSocket()];
  await instance.setOnline(userId, kept);
  await delay(1_500);
  await instance.setOnline(userId, closed);
  await instance.setOffline(userId, closed);
  expect(states(instance)).toEqual(["online"]);
  expect(await redis().zrange(keys.userSockets(userId), 0, -1)).toEqual([kept]);
  await instance.setOffline(userId, kept);
});
