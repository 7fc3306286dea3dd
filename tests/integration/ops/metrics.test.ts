import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { GET as metrics } from "@/app/api/metrics/route";
import { GET as posts } from "@/app/api/posts/route";
import { cacheManager, FEED_TAG } from "@/lib/cache";
import { setClock } from "@/lib/core/clock";
import { increment, takeCounts } from "@/lib/core/counters";
import { waitForDeferredWork } from "@/lib/core/defer";
import { env } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { flushCounts, foldBatches, readAllTime, readPeriods, tidyMetrics } from "@/lib/metrics";
import { putBack, takeBatches } from "@/lib/metrics/batch";
import { flushGateCountsIfDue } from "@/lib/metrics/flush-gate";
import { keys, redisService, resetRedisForTest } from "@/lib/redis";
import { raiseAlert } from "@/lib/tasks";
import { call } from "@/tests/support/clients/call";
import { parsePrometheus } from "@/tests/support/clients/parse-prometheus";
import { createPerson } from "@/tests/support/factories/people";
import { createTestProduct } from "@/tests/support/factories/shop";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** Every name here is a command of a test's own, so that nothing else adds to it. */
const newCommand = () => `test-${newId()}`;
const count = (command: string, by = 1) => increment("redis_commands_total", [command, "answered"], by);

let restoreClock = () => {};
let aheadMs = 0;
beforeAll(() => {
  env().METRICS_INTERVAL_SECONDS = 60;
  restoreClock = setClock({ now: () => Date.now() + aheadMs });
});
afterAll(() => {
  restoreClock();
  env().METRICS_INTERVAL_SECONDS = 0;
});
beforeEach(async () => {
  await waitForDeferredWork();
  takeCounts();
  takeBatches();
});
afterEach(waitForDeferredWork);

async function scrape(token: string | undefined = process.env.METRICS_TOKEN) {
  const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` });
  const response = await metrics(new Request("http://localhost/api/metrics", { headers }), {
    params: Promise.resolve({}),
  });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}

/** The value of a sample whose labels contain these. */
async function sampleOf(family: string, labels: Record<string, string> = {}, name = family) {
  const { samples } = parsePrometheus((await scrape()).text).get(`normaldance_${family}`) ?? { samples: [] };
  const wanted = Object.entries(labels);
  return samples.find(
    (sample) =>
      sample.name === `normaldance_${name}` &&
      wanted.every(([label, value]) => sample.labels[label] === value),
  )?.value;
}

it("the metrics are for whoever has the token, and nobody without one", async () => {
  expect((await scrape("")).status).toBe(401);
  expect((await scrape(`${process.env.METRICS_TOKEN}x`)).status).toBe(401);
  expect((await scrape(process.env.CRON_SECRET)).status).toBe(401);
  const denied = await scrape("wrong");
  expect(denied.text).not.toContain("normaldance_");

  const token = env().METRICS_TOKEN;
  env().METRICS_TOKEN = undefined;
  expect((await scrape("undefined")).status).toBe(401);
  expect((await scrape("")).status).toBe(401);
  env().METRICS_TOKEN = token;
  expect((await scrape()).status).toBe(200);
});

it("the text is in Prometheus' format, with the names and units of its conventions", async () => {
  await call(posts);
  await waitForDeferredWork();
  await flushCounts();
  const { text, type } = await scrape();
  expect(type).toBe("text/plain; version=0.0.4; charset=utf-8");
  const families = parsePrometheus(text);
  expect([...families.keys()]).toEqual(
    expect.arrayContaining([
      "normaldance_http_requests_total",
      "normaldance_http_request_duration_seconds",
      "normaldance_cache_events_total",
      "normaldance_redis_commands_total",
      "normaldance_sql_statement_duration_seconds",
      "normaldance_backend_up",
      "normaldance_alerts_open",
      "normaldance_paid_orders_without_tasks",
      "normaldance_views_waiting",
    ]),
  );
});

it("what several instances flush is one sum, by minute, by hour and of all time", async () => {
  const command = newCommand();
  for (const by of [1, 2, 4]) {
    count(command, by);
    await flushCounts();
  }
  expect(await sampleOf("redis_commands_total", { command })).toBe(7);

  for (const period of ["minute", "hour"] as const) {
    const rows = await readPeriods(period, Date.now() - 2 * 3_600_000);
    const total = rows.reduce((sum, { counts }) => {
      const value = counts.redis_commands_total?.[`${command}|answered`];
      return sum + (typeof value === "number" ? value : 0);
    }, 0);
    expect([period, total]).toEqual([period, 7]);
  }
});

it("a batch counts once, however often and on whatever way it arrives", async () => {
  const command = newCommand();
  count(command, 3);
  const batches = takeBatches();
  putBack(batches);
  await flushCounts();
  putBack(batches);
  await flushCounts();
  await Promise.all([foldBatches(), foldBatches()]);
  putBack(batches);
  await flushCounts();
  expect(await sampleOf("redis_commands_total", { command })).toBe(3);
  expect(await redisService().hlen(keys.metricBatches)).toBe(0);
});

it("the instance that brings the fiftieth batch adds all of them up", async () => {
  const command = newCommand();
  for (let batch = 0; batch < 49; batch += 1) {
    count(command);
    const batches = takeBatches();
    await redisService().hset(keys.metricBatches, Object.fromEntries(batches.map((one) => [one.id, one])));
  }
  expect(await redisService().hlen(keys.metricBatches)).toBe(49);
  count(command);
  await flushCounts();
  expect(await redisService().hlen(keys.metricBatches)).toBe(0);
  expect((await readAllTime()).redis_commands_total?.[`${command}|answered`]).toBe(50);
});

it("a minute of requests is handed over once, in at most 20 billed commands", async () => {
  aheadMs += 61_000;
  await call(posts);
  await waitForDeferredWork();
  const requests = async () => {
    const before = currentGateway().stats.snapshot();
    for (let request = 0; request < 30; request += 1) await call(posts);
    await waitForDeferredWork();
    const after = currentGateway().stats.snapshot();
    // Only a flush asks for the length of a hash.
    const flushes = (after.byCommand.HLEN ?? 0) - (before.byCommand.HLEN ?? 0);
    return { flushes, commands: after.commands - before.commands };
  };
  const withoutFlush = await requests();
  expect(withoutFlush.flushes).toBe(0);
  aheadMs += 61_000;
  const withFlush = await requests();
  expect(withFlush.flushes).toBe(1);
  expect(withFlush.commands - withoutFlush.commands).toBeLessThanOrEqual(20);
});

it("the gate at the edge hands its refusals over too", async () => {
  const policy = newCommand();
  increment("rate_limit_decisions_total", [policy, "refused"], 5);
  await flushGateCountsIfDue();
  expect(await sampleOf("rate_limit_decisions_total", { policy, decision: "refused" })).toBe(5);
});

it("what was sent to Redis and Postgres agrees with what the gateway counted", async () => {
  // Loads the scripts, and then no page of the feed is cached.
  await call(posts, { query: "?limit=1" });
  await cacheManager.invalidateTag(FEED_TAG);
  await call(posts, { query: "?limit=50" });
  await waitForDeferredWork();
  takeCounts();
  const before = currentGateway().stats.snapshot().commands;
  for (let request = 0; request < 20; request += 1) await call(posts, { query: `?limit=${1 + request}` });
  await waitForDeferredWork();
  const sent = currentGateway().stats.snapshot().commands - before;
  const counted = [...takeCounts().values()]
    .flatMap((counts) => Object.values(counts.redis_commands_total ?? {}))
    .reduce((sum: number, value) => sum + (typeof value === "number" ? value : 0), 0);
  expect(sent).toBeGreaterThan(0);
  expect(counted).toBe(sent);
});

it("without Redis the counts reach Postgres, and without both they wait in the process", async () => {
  const { UPSTASH_REDIS_REST_URL } = env();
  const proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
  env().UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;
  resetRedisForTest();
  try {
    await proxy.set("refuse");
    const command = newCommand();
    count(command, 2);
    await flushCounts();
    expect((await readAllTime()).redis_commands_total?.[`${command}|answered`]).toBe(2);
    const health = parsePrometheus((await scrape()).text).get("normaldance_backend_up");
    expect(health?.samples.map(({ labels, value }) => [labels.backend, value])).toContainEqual(["redis", 0]);
  } finally {
    env().UPSTASH_REDIS_REST_URL = UPSTASH_REDIS_REST_URL;
    resetRedisForTest();
    await proxy.close();
  }
});

it("the ledger's numbers are counted when they are asked for", async () => {
  const alertsBefore = (await sampleOf("alerts_open")) ?? 0;
  const subject = newId();
  await transaction((tx) => raiseAlert(tx, { kind: "task_dead", subject, message: "broken" }));
  expect(await sampleOf("alerts_open")).toBe(alertsBefore + 1);
  await db().alert.deleteMany({ where: { subject } });

  const buyer = await createPerson();
  const product = await createTestProduct();
  const id = newId();
  const lacking = (await sampleOf("paid_orders_without_tasks")) ?? 0;
  await db().order.create({
    data: {
      ...{ id, buyerId: buyer.userId, sellerId: product.seller.userId, productId: product.id },
      ...{
        kind: "ticket",
        title: "A night",
        quantity: 1,
        unitPriceMinor: 1,
        amountMinor: 1,
        currency: "EUR",
      },
      ...{ locale: "en", status: "paid", paidAt: new Date() },
    },
  });
  expect(await sampleOf("paid_orders_without_tasks")).toBe(lacking + 1);
  const later = new Date(Date.now() + 86_400_000);
  for (const queue of ["deliver-goods", "referral-bonuses", "supplier-notifications", "leaderboards"]) {
    await db().task.create({
      data: {
        ...{ id: newId(), queue, key: id, version: 1, payload: {}, state: "dead" },
        ...{ dueAt: later, deadlineAt: later },
      },
    });
  }
  expect(await sampleOf("paid_orders_without_tasks")).toBe(lacking);
  expect(await sampleOf("tasks", { queue: "leaderboards", state: "dead" })).toBeGreaterThan(0);
  await db().task.deleteMany({ where: { key: id } });
  await db().order.delete({ where: { id } });
});

it("rollups are kept for two days by minute and for thirty by hour", async () => {
  const at = new Date(Date.now() - 3 * 86_400_000);
  const older = new Date(Date.now() - 31 * 86_400_000);
  await db().metricRollup.createMany({
    data: [
      { minutes: 1, at, counts: {} },
      { minutes: 60, at, counts: {} },
      { minutes: 60, at: older, counts: {} },
    ],
  });
  await tidyMetrics(Date.now() + 60_000);
  const left = await db().metricRollup.findMany({ where: { at: { in: [at, older] } } });
  expect(left.map(({ minutes, at: kept }) => [minutes, kept])).toEqual([[60, at]]);
});
