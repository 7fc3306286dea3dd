import { Client } from "pg";
import { getEventReport } from "@/lib/analytics";
import { listAudit } from "@/lib/audit";
import type { Caller } from "@/lib/core/access-token";
import { type Counts, increment, observe, takeCounts } from "@/lib/core/counters";
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
import { listReports } from "@/lib/reports";
import { getTaskOverview, listTasks } from "@/lib/tasks";
import { fillWithMillionRows, MILLION, rowId } from "@/tests/support/factories/million-rows";
import { createPerson } from "@/tests/support/factories/people";
import { table } from "./table";

/** What bench/console.ts runs, once the environment is that of its backends. */

let admin: Caller;

/** Fills the database, reads each page, and prints each page's time at the server and its statements. */
export async function measureConsolePages(databaseUrl: string): Promise<void> {
  admin = await createPerson("admin");
  const owner = await createPerson();
  await fillWithMillionRows(databaseUrl, {
    owner,
    minter: { chainId: 1, contract: `0x${"0".repeat(40)}`, address: `0x${"1".repeat(40)}` },
    bigBotId: await createBot(owner),
  });
  await topUp(databaseUrl);
  await disconnectDb();
  const rows: string[][] = [];
  for (const [page, read] of Object.entries(pages)) {
    const { ms, statements } = await measurePage(read);
    rows.push([`\`${page}\``, ms.toFixed(0), String(statements)]);
  }
  console.log(table([["Page", "ms", "Statements"], ...rows]));
  await disconnectDb();
}

async function createBot({ userId: ownerId }: Caller): Promise<string> {
  const id = newId();
  const telegramId = 9_999_999_999;
  await db().botProject.create({
    data: { id, ownerId, name: "Bot", username: "a_bot", telegramId, encryptedToken: "none" },
    select: { id: true },
  });
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
  "/admin/reports": () => Promise.all([listReports(admin), countOpenAlerts()]),
  "/admin/limits": () => Promise.all([listLimits(admin), countOpenAlerts()]),
  "/admin/caches": () => Promise.all([listCaches(admin, { range: "week" }), countOpenAlerts()]),
  "/admin/live": () => Promise.all([getLive(admin), countOpenAlerts()]),
  "/admin/views": () => Promise.all([getViewsState(admin), countOpenAlerts()]),
  "/admin/redis": () => Promise.all([readRedisReport(admin), countOpenAlerts()]),
  "/admin/redis/keys": () => Promise.all([scanRedisPart(admin, {}), countOpenAlerts()]),
  "/admin/analytics": () => Promise.all([getEventReport(admin, 30), countOpenAlerts()]),
};

const RUNS = 5;

function countStatements(): number {
  let statements = 0;
  for (const counts of takeCounts().values())
    for (const histogram of Object.values(counts.sql_statement_duration_seconds ?? {}))
      if (Array.isArray(histogram)) statements += histogram.slice(1).reduce((sum, count) => sum + count, 0);
  return statements;
}

/** The median time, and the statements of one read. */
async function measurePage(read: () => Promise<unknown>): Promise<{ ms: number; statements: number }> {
  const times: number[] = [];
  let statements = 0;
  // The first opens connections and fills Postgres' cache.
  for (let run = 0; run <= RUNS; run += 1) {
    takeCounts();
    const startedAt = performance.now();
    await read();
    if (run > 0) times.push(performance.now() - startedAt);
    statements = countStatements();
  }
  return { ms: times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0, statements };
}
