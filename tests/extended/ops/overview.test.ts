import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { GET as overview } from "@/app/api/admin/overview/route";
import type { Caller } from "@/lib/core/access-token";
import { setClock } from "@/lib/core/clock";
import { increment, takeCounts } from "@/lib/core/counters";
import { env } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb, transaction } from "@/lib/db";
import { flushCounts, foldBatches } from "@/lib/metrics";
import { getOverview, type Overview } from "@/lib/ops";
import { watchQuotas } from "@/lib/ops/quotas";
import { resetRedisForTest } from "@/lib/redis";
import { raiseAlert } from "@/lib/tasks";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

let admin: Caller;
let restoreClock = () => {};
/** Answers of backends are shared for five seconds: each read is a new moment. */
let aheadMs = 0;
beforeAll(async () => {
  restoreClock = setClock({ now: () => Date.now() + aheadMs });
  admin = await createPerson("admin");
  // The overview counts all rows, also those that other files have left.
  await db().$executeRaw`TRUNCATE "MetricRollup", "Alert", "Task", "Order", "BotProject" CASCADE`;
});
afterAll(() => restoreClock());
afterEach(() => {
  takeCounts();
});

async function read(query = ""): Promise<Overview> {
  aheadMs += 6_000;
  const { status, body } = await call(overview, { as: admin, query });
  if (status !== 200) throw new Error(`GET /api/admin/overview returned HTTP ${status}`);
  // On a busy machine a backend may be slow.
  return { ...body, troubles: body.troubles.filter((trouble: string) => trouble !== "backend_slow") };
}

it("it is an administrator's alone", async () => {
  for (const role of ["listener", "artist"] as const)
    expect((await call(overview, { as: await createPerson(role) })).status).toBe(403);
  expect((await call(overview)).status).toBe(401);
});

it("all is well only while nothing is wrong", async () => {
  const { troubles, backends } = await read();
  expect(Object.entries(backends).filter(([, { status }]) => status === "down")).toEqual([]);
  expect(troubles).toEqual([]);

  const subject = newId();
  await transaction((tx) => raiseAlert(tx, { kind: "task_dead", subject, message: "broken" }));
  const later = new Date(Date.now() + 86_400_000);
  const task = { version: 1, payload: {}, dueAt: later, deadlineAt: later };
  const queue = `test-${newId()}`;
  await db().task.createMany({
    data: [
      { ...task, id: newId(), queue, key: "dead", state: "dead" },
      {
        ...task,
        id: newId(),
        queue,
        key: "late",
        state: "pending",
        notBefore: new Date(Date.now() - 3_600_000),
      },
    ],
  });
  const { troubles: found, business } = await read();
  expect(found).toEqual(["alerts", "dead_tasks", "tasks_wait"]);
  expect(business?.queues).toEqual([
    { queue, waiting: 1, running: 0, dead: 1, oldestWaitingSeconds: expect.any(Number) },
  ]);
  expect(business?.queues[0]?.oldestWaitingSeconds).toBeGreaterThanOrEqual(3_600);
  await db().alert.deleteMany({ where: { subject } });
  await db().task.deleteMany({ where: { queue } });
  expect((await read()).troubles).toEqual([]);
});

it("a server error that somebody met is a trouble, with its route", async () => {
  increment("http_requests_total", ["GET", "/api/orders/:id", "500"], 3);
  increment("http_requests_total", ["GET", "/api/orders/:id", "200"], 7);
  increment("page_errors_total", ["/shop"], 2);
  await flushCounts();
  const { troubles, traffic } = await read("?range=day");
  expect(troubles).toEqual(["errors"]);
  expect(traffic).toMatchObject({ requests: 10, errors: 5 });
  expect(traffic?.routes.slice(0, 2)).toMatchObject([
    { route: "GET /api/orders/:id", requests: 10, errors: 3 },
    { route: "page /shop", errors: 2 },
  ]);
  for (const range of ["hour", "day", "week"]) {
    const { traffic: ranged } = await read(`?range=${range}`);
    const inBars = ranged?.bars.reduce((sum, { requests }) => sum + requests, 0);
    expect([range, inBars]).toEqual([range, 10]);
  }
  await db().metricRollup.deleteMany();
  expect((await read()).troubles).toEqual([]);
});

it("a plan that is nearly used up is a trouble, and an alert that the next period closes", async () => {
  env().UPSTASH_REDIS_MONTHLY_COMMANDS = 1_000;
  env().QSTASH_DAILY_MESSAGES = 10;
  try {
    increment("redis_commands_total", ["set", "answered"], 700);
    increment("redis_commands_total", ["set", "refused"], 700);
    increment("qstash_messages_total", ["accepted"], 7);
    increment("qstash_messages_total", ["rejected"], 7);
    await flushCounts();
    const used = async () => {
      const { quotas, troubles } = await read();
      return { redis: quotas?.find(({ name }) => name === "redis")?.used ?? 0, quotas, troubles };
    };
    const before = await used();
    expect(before.quotas).toMatchObject([
      { name: "redis", period: "month", limit: 1_000 },
      { name: "qstash", period: "day", used: 7, limit: 10 },
    ]);
    expect(before.redis).toBeGreaterThanOrEqual(700);
    expect(before.redis).toBeLessThan(800);
    expect(before.troubles).toEqual([]);
    increment("qstash_messages_total", ["accepted"], 1);
    await flushCounts();
    expect((await used()).troubles).toEqual(["quota"]);

    const alerts = () => db().alert.findMany({ where: { kind: "quota_used", closedAt: null } });
    await foldBatches();
    for (let sweep = 0; sweep < 2; sweep += 1) await watchQuotas();
    expect(await alerts()).toMatchObject([
      // The overview's own probes count too.
      {
        subject: "quota:qstash",
        message: expect.stringMatching(/^\d+ of 10 messages of this day \(UTC\) are used$/),
      },
    ]);
    env().QSTASH_DAILY_MESSAGES = 100;
    await watchQuotas();
    expect(await alerts()).toEqual([]);
  } finally {
    env().UPSTASH_REDIS_MONTHLY_COMMANDS = undefined;
    env().QSTASH_DAILY_MESSAGES = undefined;
    await db().metricRollup.deleteMany();
  }
});

/** The overview waits four seconds, less than the limits of tests. */
const SHORT_TIMEOUTS = { REDIS_TIMEOUT_MS: 1_000, REDIS_FIRST_CALL_TIMEOUT_MS: 1_000 };

it.each(["refuse", "hang", "error", "limited"] as const)(
  "a Redis that answers with %s is named",
  async (mode) => {
    const before = { ...env() };
    const proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
    Object.assign(env(), { UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${proxy.port}`, ...SHORT_TIMEOUTS });
    resetRedisForTest();
    try {
      await proxy.set(mode);
      const startedAt = performance.now();
      const { troubles, backends, business } = await read();
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      expect(troubles).toContain("backend");
      expect(backends.redis.status).toBe("down");
      expect(backends.database.status).toBe("ok");
      expect(business?.viewsWaiting).toBeNull();
    } finally {
      Object.assign(env(), before);
      resetRedisForTest();
      await proxy.close();
    }
  },
);

it.each(["refuse", "hang"] as const)("without Postgres (%s) nothing is called well", async (mode) => {
  const { DATABASE_URL } = env();
  const address = new URL(DATABASE_URL);
  const proxy = await startFaultProxy({ host: address.hostname, port: Number(address.port) });
  address.hostname = "127.0.0.1";
  address.port = String(proxy.port);
  await disconnectDb();
  env().DATABASE_URL = address.toString();
  try {
    await proxy.set(mode);
    aheadMs += 6_000;
    const { troubles, backends, business, traffic } = await getOverview({ role: "admin" }, { range: "hour" });
    expect(backends.database.status).toBe("down");
    expect([backends.redis.status, backends.chain.status, backends.bot.status]).not.toContain("down");
    expect(troubles).toEqual(expect.arrayContaining(["backend", "numbers_unknown"]));
    expect([business, traffic]).toEqual([null, null]);
  } finally {
    env().DATABASE_URL = DATABASE_URL;
    await disconnectDb();
    await proxy.close();
  }
});
