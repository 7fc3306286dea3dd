import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { getEventReport } from "@/lib/analytics";
import { listAudit } from "@/lib/audit";
import type { Caller } from "@/lib/core/access-token";
import { type Counts, increment, observe, takeCounts } from "@/lib/core/counters";
import { env } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb } from "@/lib/db";
import {
  countOpenAlerts,
  getLive,
  getOverview,
  getPersonDetails,
  getSchedules,
  getTaskStory,
  getViewsState,
  listCaches,
  listLimits,
  listOpenAlerts,
  listPeople,
  readRedisReport,
  scanRedisPart,
} from "@/lib/ops";
import { getTaskOverview, listTasks } from "@/lib/tasks";
import { fillWithMillionRows, MILLION, rowId } from "@/tests/support/factories/million-rows";
import { createPerson } from "@/tests/support/factories/people";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

/**
 * What each page of the console reads, with a million tasks, views and events in Postgres. Prints each page's time at the
 * server and its statements.
 */

requireRealStack();
const backends = await startIsolatedBackends();

let admin: Caller;
beforeAll(async () => {
  env().UPSTASH_REDIS_MONTHLY_COMMANDS = 100_000_000;
  env().QSTASH_DAILY_MESSAGES = 1_000_000;
  admin = await createPerson("admin");
  const owner = await createPerson();
  await fillWithMillionRows(backends.databaseUrl, {
    owner,
    minter: { chainId: 1, contract: `0x${"0".repeat(40)}`, address: `0x${"1".repeat(40)}` },
    bigBotId: await createBot(owner),
  });
  await topUp(backends.databaseUrl);
  await disconnectDb();
}, 900_000);
afterAll(async () => {
  await disconnectDb();
  await backends.stop();
});

async function createBot({ userId: ownerId }: Caller): Promise<string> {
  const id = newId();
  const bot = {
    id,
    ownerId,
    name: "Bot",
    username: "a_bot",
    telegramId: 9_999_999_999,
    encryptedToken: "none",
  };
  await db().botProject.create({ data: bot, select: { id: true } });
  return id;
}

/** The tables that have fewer rows than a million after the fill. */
async function topUp(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("SET session_replication_role = replica; SET statement_timeout = 0");
    await client.query(
      `INSERT INTO "PostView" ("postId", "viewerSeq")
       SELECT ('${rowId("post", 0).slice(0, -12)}' || lpad(to_hex(1 + n % 1000), 12, '0'))::uuid, n
       FROM generate_series(1, ${MILLION}) n ON CONFLICT DO NOTHING`,
    );
    await client.query(
      `INSERT INTO "AnalyticsEvent" (id, name, properties, at)
       SELECT gen_random_uuid(), (ARRAY['post_opened','play_started','page_opened'])[1 + n % 3], '{}',
         now() - (n % 400) * interval '1 day' FROM generate_series(1, ${MILLION}) n`,
    );
    await client.query(
      `INSERT INTO "MetricRollup" (minutes, at, counts)
       SELECT 1, date_trunc('minute', now()) - n * interval '1 minute', $1::jsonb FROM generate_series(0, 2880) n
       UNION ALL
       SELECT 60, date_trunc('hour', now()) - n * interval '1 hour', $1::jsonb FROM generate_series(0, 744) n`,
      [JSON.stringify(busyMinute())],
    );
    await client.query('VACUUM (ANALYZE) "PostView", "AnalyticsEvent", "MetricRollup"');
  } finally {
    await client.end();
  }
}

/** The counts of a minute in which much of the app was used. */
function busyMinute(): Counts {
  takeCounts();
  for (let n = 0; n < 30; n += 1) {
    const route = `/api/route-${n}`;
    increment("http_requests_total", ["GET", route, "200"], 100);
    observe("http_request_duration_seconds", ["GET", route], 0.02);
    increment("cache_events_total", [`namespace-${n}`, "hitL1"], 10);
    increment("redis_commands_total", [`command-${n}`, "answered"], 100);
  }
  increment("qstash_messages_total", ["accepted"], 10);
  return [...takeCounts().values()][0] ?? {};
}

/** What the pages read, as app/(admin)/admin has it. */
const pages: Readonly<Record<string, () => Promise<unknown>>> = {
  "/admin": () => getOverview(admin, { range: "hour" }),
  "/admin?range=week": () => getOverview(admin, { range: "week" }),
  "/admin/tasks": () => Promise.all([getTaskOverview(admin), countOpenAlerts()]),
  "/admin/tasks?state=dead": () =>
    Promise.all([getTaskOverview(admin), listTasks(admin, { state: "dead" }), countOpenAlerts()]),
  "/admin/tasks?error=econnrefused": () =>
    Promise.all([getTaskOverview(admin), listTasks(admin, { error: "econnrefused" }), countOpenAlerts()]),
  "/admin/tasks/[id]": () => Promise.all([getTaskStory(admin, rowId("task", 500_000)), countOpenAlerts()]),
  "/admin/tasks/schedules": () => Promise.all([getSchedules(admin), countOpenAlerts()]),
  "/admin/alerts": () => listOpenAlerts(admin),
  "/admin/people": () => Promise.all([listPeople(admin), countOpenAlerts()]),
  "/admin/people?q=анна": () => Promise.all([listPeople(admin, { q: "анна" }), countOpenAlerts()]),
  "/admin/people/[id]": () => {
    const id = rowId("user", 500_000);
    return Promise.all([
      getPersonDetails(admin, id),
      listAudit(admin, { subject: `user:${id}`, limit: 5 }),
      countOpenAlerts(),
    ]);
  },
  "/admin/audit": () => Promise.all([listAudit(admin), countOpenAlerts()]),
  "/admin/limits": () => Promise.all([listLimits(admin), countOpenAlerts()]),
  "/admin/caches": () => Promise.all([listCaches(admin, { range: "week" }), countOpenAlerts()]),
  "/admin/live": () => Promise.all([getLive(admin), countOpenAlerts()]),
  "/admin/views": () => Promise.all([getViewsState(admin), countOpenAlerts()]),
  "/admin/redis": () => Promise.all([readRedisReport(admin), countOpenAlerts()]),
  "/admin/redis/keys": () => Promise.all([scanRedisPart(admin, {}), countOpenAlerts()]),
  "/admin/analytics": () => Promise.all([getEventReport(admin, 30), countOpenAlerts()]),
};

const MAX_MS = 300;
const RUNS = 5;
const table = new Map<string, { ms: number; statements: number }>();

function countStatements(): number {
  let statements = 0;
  for (const counts of takeCounts().values())
    for (const histogram of Object.values(counts.sql_statement_duration_seconds ?? {}))
      if (Array.isArray(histogram)) statements += histogram.slice(1).reduce((sum, count) => sum + count, 0);
  return statements;
}

it.each(Object.keys(pages))("%s is read within 300 ms", async (page) => {
  const times: number[] = [];
  let statements = 0;
  // The first opens connections and fills Postgres' cache.
  for (let run = 0; run <= RUNS; run += 1) {
    takeCounts();
    const startedAt = performance.now();
    await pages[page]?.();
    if (run > 0) times.push(performance.now() - startedAt);
    statements = countStatements();
  }
  const ms = times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
  table.set(page, { ms, statements });
  expect(ms).toBeLessThan(MAX_MS);
});

it("prints the table", () => {
  const rows = [...table].map(
    ([page, { ms, statements }]) => `| \`${page}\` | ${ms.toFixed(0)} | ${statements} |`,
  );
  console.log(["| Page | ms | Statements |", "|---|---|---|", ...rows].join("\n"));
  expect(table.size).toBe(Object.keys(pages).length);
});
