import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as collect } from "@/app/api/analytics/events/route";
import { getAnalyticsStats, getDailyTotals, getEventReport } from "@/lib/analytics";
import { task } from "@/lib/analytics/analytics.task";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb } from "@/lib/db";
import { findPolicy } from "@/lib/rate-limit/policies";
import { backgroundTaskService } from "@/lib/tasks";
import { call } from "@/tests/support/clients/call";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import { serveApp } from "@/tests/support/processes/app-server";
import type { RouteServer } from "@/tests/support/processes/route-server";
import { type FaultProxy, startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { type HttpCallMeter, startHttpCallMeter } from "@/tests/support/proxies/http-call-meter";
import { type StatementMeter, startStatementMeter } from "@/tests/support/proxies/statement-meter";
import { freePort } from "@/tests/support/stack/real-postgres";

const DAY_MS = 86_400_000;

let app: RouteServer;
let postgres: FaultProxy;
let meter: StatementMeter;
let toQstash: HttpCallMeter;

beforeAll(async () => {
  meter = await startStatementMeter(process.env.DATABASE_URL ?? "");
  const url = new URL(meter.url);
  postgres = await startFaultProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(postgres.port);
  toQstash = await startHttpCallMeter(process.env.QSTASH_URL ?? "");
  const port = await freePort();
  Object.assign(process.env, {
    APP_URL: `http://localhost:${port}`,
    DATABASE_URL: url.toString(),
    QSTASH_URL: toQstash.url,
  });
  app = await serveApp(port);
  // The first request of a process also looks for tasks that wait.
  await send([{ name: newName() }]);
  await waitForDeferredWork();
});
afterAll(async () => {
  await waitForDeferredWork();
  await app.close();
  await disconnectDb();
  await Promise.all([postgres.close(), toQstash.close()]);
  await meter.close();
});

/** An event name that no other test uses. */
const newName = () => `test.${newId()}`;
const rowsOf = (name: string) => db().analyticsEvent.findMany({ where: { name }, orderBy: { at: "asc" } });
const countOf = (name: string) => db().analyticsEvent.count({ where: { name } });
const send = async (events: unknown, options: Parameters<typeof call>[1] = {}) =>
  call(collect, { body: { events }, ...options });

describe("POST /api/analytics/events", () => {
  it("stores an anonymous event", async () => {
    const name = newName();
    const response = await send([
      { name, properties: { track: "Ночь 🌙", volume: 0.5, loop: true, from: null } },
    ]);
    expect(response).toMatchObject({ status: 202, body: { accepted: 1 } });
    await waitUntil("the event is counted", async () => (await countOf(name)) === 1);
    expect(await rowsOf(name)).toMatchObject([
      { userId: null, properties: { track: "Ночь 🌙", volume: 0.5, loop: true, from: null } },
    ]);
  });

  it("takes the user from the session only, not from the body", async () => {
    const [name, person] = [newName(), await createPerson()];
    await send([{ name, userId: newId() }], { as: person });
    await waitUntil("the event is counted", async () => (await countOf(name)) === 1);
    expect(await rowsOf(name)).toMatchObject([{ userId: person.userId }]);
  });

  it("an event sent twice is counted once", async () => {
    const event = { id: newId(), name: newName() };
    const last = { name: newName() };
    await send([event, event]);
    await send([event, last]);
    await waitUntil("the last event is counted", async () => (await countOf(last.name)) === 1);
    expect(await countOf(event.name)).toBe(1);
  });

  it("many concurrent calls make few statements, and no message", async () => {
    const name = newName();
    const { stored } = getAnalyticsStats();
    meter.reset();
    toQstash.reset();
    await Promise.all(Array.from({ length: 40 }, () => send([{ name }, { name }])));
    await waitForDeferredWork();
    expect(getAnalyticsStats().stored - stored).toBe(80);
    expect(meter.statements).toBeLessThan(40);
    expect(toQstash.calls).toBe(0);
    expect(await countOf(name)).toBe(80);
  });

  it("a flood of 5,000 anonymous events a minute is 230 rows that count for all of them, and no message", async () => {
    const name = newName();
    toQstash.reset();
    const stop = setClock({ now: () => Date.UTC(2026, 10, 28, 12) });
    try {
      for (let call = 0; call < 100; call += 1) {
        const { body } = await send(Array.from({ length: 50 }, () => ({ name })));
        expect(body).toEqual({ accepted: 50 });
      }
    } finally {
      stop();
    }
    await waitForDeferredWork();
    const rows = await rowsOf(name);
    // All of the first 100, every tenth up to 1,000, every hundredth up to 5,000.
    expect(rows).toHaveLength(100 + 90 + 40);
    expect(rows.reduce((total, { weight }) => total + weight, 0)).toBe(5_000);
    const [total] = (
      await getDailyTotals({ role: "admin" }, { from: "2026-11-28", to: "2026-11-28" })
    ).filter((row) => row.name === name);
    expect(total?.events).toBe(5_000);
    expect(toQstash.calls).toBe(0);
  });

  it("one caller may send 20 requests a minute, and they do not count towards the caller's others", () => {
    expect(findPolicy("/api/analytics/events", "POST").policy).toMatchObject({
      ...{ limit: 20, windowSeconds: 60, standalone: true },
    });
  });

  it("a time of a wrong clock is clamped to the nearest plausible one", async () => {
    const name = newName();
    const sentAt = Date.now();
    const at = (ms: number) => new Date(sentAt + ms).toISOString();
    const events = [-30 * DAY_MS, -60_000, 5 * DAY_MS].map((ms) => ({ name, at: at(ms) }));
    await send(events);
    await waitUntil("all events are counted", async () => (await countOf(name)) === 3);
    const [old, right, early] = (await rowsOf(name)).map((row) => row.at.getTime());
    const receivedBy = Date.now();
    expect(old).toBeGreaterThanOrEqual(sentAt - DAY_MS);
    expect(old).toBeLessThanOrEqual(receivedBy - DAY_MS);
    expect(right).toBe(sentAt - 60_000);
    expect(early).toBeGreaterThanOrEqual(sentAt);
    expect(early).toBeLessThanOrEqual(receivedBy);
  });

  it("without Postgres the response is the same, and lost events are counted", async () => {
    const name = newName();
    const { dropped } = getAnalyticsStats();
    await postgres.set("refuse");
    try {
      expect(await send([{ name }, { name }])).toMatchObject({ status: 202, body: { accepted: 2 } });
      await waitUntil("the loss is counted", () => getAnalyticsStats().dropped === dropped + 2);
    } finally {
      await postgres.set("pass");
    }
    await send([{ name }]);
    await waitUntil("the next event is counted", async () => (await countOf(name)) === 1);
  });

  it.each([
    ["no list", "x", "events"],
    ["an empty list", [], "events"],
    ["51 events", Array.from({ length: 51 }, () => ({ name: "x" })), "events"],
    ["no name", [{}], "events.0.name"],
    ["a name in capitals", [{ name: "ok" }, { name: "Play" }], "events.1.name"],
    ["a name of 65 characters", [{ name: "x".repeat(65) }], "events.0.name"],
    ["an invalid id", [{ name: "x", id: "1" }], "events.0.id"],
    ["an invalid time", [{ name: "x", at: "yesterday" }], "events.0.at"],
    ["properties in properties", [{ name: "x", properties: { a: { b: 1 } } }], "events.0.properties.a"],
    ["more than 2 KB", [{ name: "x", properties: { a: "ж".repeat(1_024) } }], "events.0.properties"],
    ["text that Postgres cannot store", [{ name: "x", properties: { a: "a\0b" } }], "events.0.properties.a"],
  ])("%s is 400 with its field, and nothing is counted", async (_, events, path) => {
    const taken = getAnalyticsStats();
    const response = await send(events);
    expect(response.status).toBe(400);
    expect(response.body.error.details).toEqual([{ path, message: expect.any(String) }]);
    expect(getAnalyticsStats()).toEqual(taken);
  });
});

it("the analytics task can run twice", async () => {
  const name = newName();
  const at = new Date().toISOString();
  const events = [1, 2].map(() => ({ id: newId(), userId: null, name, properties: {}, at }));
  await task({ events });
  await task({ events: [...events, { id: newId(), userId: null, name, properties: { n: 1 }, at }] });
  expect(await countOf(name)).toBe(3);
});

it("backgroundTaskService.trackEvent is counted, through QStash", async () => {
  const [name, { userId }] = [newName(), await createPerson()];
  await backgroundTaskService.trackEvent(userId, name, { deep: { er: [1] } });
  await waitUntil("the event is counted", async () => (await countOf(name)) === 1);
  expect(await rowsOf(name)).toMatchObject([{ userId, properties: { deep: { er: [1] } } }]);
});

describe("daily totals", () => {
  // A year that no other test uses, so that it has no other events.
  const year = 1900 + Math.floor(Math.random() * 60);
  type Added = [name: string, at: string, userId?: string];
  const add = (events: Added[]) =>
    db().analyticsEvent.createMany({
      data: events.map(([name, at, userId = null]) => ({
        ...{ id: newId(), name, at: new Date(at), userId, properties: {} },
      })),
    });

  afterAll(async () => {
    const [gte, lt] = [new Date(Date.UTC(year, 0)), new Date(Date.UTC(year + 1, 0))];
    await db().analyticsEvent.deleteMany({ where: { at: { gte, lt } } });
  });

  it("are by UTC day and include both ends", async () => {
    const [first, other] = [newId(), newId()];
    await add([
      ["before", `${year}-03-01T23:59:59.999Z`],
      ["play", `${year}-03-02T00:00:00.000Z`, first],
      ["play", `${year}-03-02T12:00:00.000Z`, first],
      ["play", `${year}-03-02T13:00:00.000Z`, other],
      ["play", `${year}-03-02T14:00:00.000Z`],
      ["open", `${year}-03-03T23:59:59.999Z`],
      ["after", `${year}-03-04T00:00:00.000Z`],
    ]);
    expect(await getDailyTotals({ role: "admin" }, { from: `${year}-03-02`, to: `${year}-03-03` })).toEqual([
      { day: `${year}-03-02`, name: "play", events: 4, people: 2 },
      { day: `${year}-03-03`, name: "open", events: 1, people: 0 },
    ]);
  });

  it("the report includes days without events, sorts by frequency, and sums up rare names", async () => {
    const day = `${year}-06-15`;
    const names = Array.from({ length: 23 }, (_, index) => `n${String(index).padStart(2, "0")}`);
    await add(
      names.flatMap((name, index) =>
        Array.from({ length: 30 - index }, (): Added => [name, `${day}T10:00:00Z`]),
      ),
    );
    const stop = setClock({ now: () => Date.parse(`${year}-06-17T09:00:00Z`) });
    try {
      const report = await getEventReport({ role: "admin" }, 7);
      expect([report.days[0], report.days.at(-1)]).toEqual([`${year}-06-11`, `${year}-06-17`]);
      expect(report.series.map(({ name }) => name)).toEqual([...names.slice(0, 20), null]);
      const rare = 10 + 9 + 8;
      expect(report.series.at(-1)).toEqual({ name: null, total: rare, byDay: [0, 0, 0, 0, rare, 0, 0] });
      const all = names.reduce((total, _, index) => total + 30 - index, 0);
      expect(report.totals).toEqual([0, 0, 0, 0, all, 0, 0]);
    } finally {
      stop();
    }
  });
});
