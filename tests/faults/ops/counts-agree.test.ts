import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { GET as metrics } from "@/app/api/metrics/route";
import { POST as createPost, GET as getFeed } from "@/app/api/posts/route";
import { type Counts, labelValues, takeCounts } from "@/lib/core/counters";
import { waitForDeferredWork } from "@/lib/core/defer";
import { env } from "@/lib/core/env";
import { db, disconnectDb } from "@/lib/db";
import { prepareRole } from "@/lib/db/role-settings";
import { applyMigrations } from "@/local/postgres/migrate";
import { call } from "@/tests/support/clients/call";
import { parsePrometheus } from "@/tests/support/clients/parse-prometheus";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import {
  createPayment,
  createPaymentTables,
  drainTasks,
  handlePaymentTasks,
  QUEUE,
} from "@/tests/support/factories/test-payments";
import { serveApp } from "@/tests/support/processes/app-server";
import type { RouteServer } from "@/tests/support/processes/route-server";
import { currentGateway } from "@/tests/support/stack/current-gateway";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";
import { startRealPostgres } from "@/tests/support/stack/real-postgres";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/** What the app has counted after a run without kills, beside the counts of Redis' gateway, of Postgres and of QStash. */
const backends = await startIsolatedBackends();
const postgres = await startRealPostgres(["shared_preload_libraries=pg_stat_statements"]);
await applyMigrations(postgres.url);
await prepareRole(postgres.url, postgres.url);
Object.assign(process.env, { DATABASE_URL: postgres.url, DIRECT_URL: postgres.url });

const operator = new Client({ connectionString: postgres.url });
let app: RouteServer;
let restoreHandler = () => {};
beforeAll(async () => {
  await operator.connect();
  await operator.query("CREATE EXTENSION pg_stat_statements");
  await createPaymentTables();
  restoreHandler = handlePaymentTasks();
  app = await serveApp(backends.appPort);
});
afterAll(async () => {
  restoreHandler();
  await waitForDeferredWork();
  await app.close();
  await operator.end();
  await disconnectDb();
  await postgres.stop();
  await backends.stop();
});

/** The sum of a counter, or the observations of a histogram, over the series whose labels match. */
function countedIn(
  minutes: ReadonlyMap<number, Counts>,
  name: string,
  matches: (labels: string[]) => boolean = () => true,
): number {
  let sum = 0;
  for (const counts of minutes.values())
    for (const [labels, value] of Object.entries(counts[name] ?? {}))
      if (matches(labelValues(labels)))
        sum += Array.isArray(value) ? value.slice(1).reduce((total, count) => total + count, 0) : value;
  return sum;
}

/** Statements that Postgres has executed since the last call, those of this function aside. */
async function statementsOfPostgres(): Promise<number> {
  const { rows } = await operator.query(
    "SELECT coalesce(sum(calls), 0)::int AS calls FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'",
  );
  await operator.query("SELECT pg_stat_statements_reset()");
  return rows[0].calls;
}

const [WORKING, FAILING_ONCE, POSTS] = [20, 5, 10];

it("counts of requests, commands, statements, messages and attempts are those of the backends", async () => {
  const artist = await createPerson("artist");
  // Loads scripts, opens connections.
  await call(getFeed);
  await waitForDeferredWork();
  await statementsOfPostgres();
  takeCounts();
  const before = { commands: currentGateway().stats.snapshot().commands, qstash: backends.qstash.stats() };

  for (let post = 0; post < POSTS; post += 1) {
    expect((await call(createPost, { as: artist, body: { title: `No. ${post}`, text: "" } })).status).toBe(
      201,
    );
    expect((await call(getFeed, { query: `?limit=${1 + post}` })).status).toBe(200);
  }
  const payments = await Promise.all([
    ...Array.from({ length: WORKING }, () => createPayment()),
    ...Array.from({ length: FAILING_ONCE }, () => createPayment("fails-once")),
  ]);
  await drainTasks(payments);
  // A delivery of what is done already is a statement too.
  await waitUntil("QStash has nothing left", () => backends.qstash.stats().pending === 0);
  await waitForDeferredWork();

  const statements = await statementsOfPostgres();
  const counts = takeCounts();
  const commands = currentGateway().stats.snapshot().commands - before.commands;
  const published = backends.qstash.stats().published - before.qstash.published;
  const { rows } = await operator.query(
    `SELECT count(*)::int AS done, sum(attempts)::int AS attempts FROM "Task" WHERE queue = $1 AND state = 'done'`,
    [QUEUE],
  );
  const [{ done, attempts }] = rows;
  const inQueue = (outcome: string) => (labels: string[]) => labels[0] === QUEUE && labels[1] === outcome;
  const ours = {
    statements: countedIn(counts, "sql_statement_duration_seconds", ([outcome]) => outcome === "ok"),
    commands: countedIn(counts, "redis_commands_total"),
    published: countedIn(counts, "qstash_messages_total", ([outcome]) => outcome === "accepted"),
    done: countedIn(counts, "task_attempts_total", inQueue("done")),
    attempts: countedIn(counts, "task_attempts_total", ([queue]) => queue === QUEUE),
    feeds: countedIn(
      counts,
      "http_requests_total",
      ([method, , status]) => method === "GET" && status === "200",
    ),
    posts: countedIn(counts, "http_requests_total", ([, , status]) => status === "201"),
  };
  process.stdout.write(`${JSON.stringify(ours)}\n`);
  expect(ours).toEqual({ statements, commands, published, done, attempts, feeds: POSTS, posts: POSTS });
  expect(done).toBe(WORKING + FAILING_ONCE);
});

it("tasks by queue and state, and alerts, are those of Postgres when Prometheus asks", async () => {
  await operator.query(
    `UPDATE "Task" SET state = 'dead' WHERE id IN (SELECT id FROM "Task" WHERE queue = $1 LIMIT 3)`,
    [QUEUE],
  );
  await operator.query(
    `INSERT INTO "Alert" (id, kind, subject, message) VALUES (gen_random_uuid(), 'task_dead', 'x', 'x')`,
  );
  const response = await metrics(
    new Request("http://localhost/api/metrics", {
      headers: { authorization: `Bearer ${env().METRICS_TOKEN}` },
    }),
    { params: Promise.resolve({}) },
  );
  const families = parsePrometheus(await response.text());
  const printed = (families.get("normaldance_tasks")?.samples ?? []).map(
    ({ labels, value }) => `${labels.queue} ${labels.state} ${value}`,
  );
  const { rows } = await operator.query(
    `SELECT queue || ' ' || state || ' ' || count(*) AS line FROM "Task"
     WHERE state IN ('pending', 'published', 'running', 'dead') GROUP BY queue, state`,
  );
  expect(printed.sort()).toEqual(rows.map(({ line }) => line).sort());
  expect(printed).toContain(`${QUEUE} dead 3`);
  expect(families.get("normaldance_alerts_open")?.samples[0]?.value).toBe(
    await db().alert.count({ where: { closedAt: null } }),
  );
});
