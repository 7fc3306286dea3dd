import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import type { SignedInCaller } from "@/lib/core/permission";
import { db, disconnectDb } from "@/lib/db";
import { pauseQueue, resumeQueue } from "@/lib/tasks";
import { sweepTasks } from "@/lib/tasks/sweep-tasks";
import { createPerson } from "@/tests/support/factories/people";
import { type RecordedPlan, startPlanRecorder } from "@/tests/support/proxies/plan-recorder";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/** A hundred thousand due tasks of a paused queue, all past their deadline, and a few of another queue. */
const backends = await startIsolatedBackends();
const recorder = await startPlanRecorder(backends.databaseUrl);
process.env.DATABASE_URL = recorder.url;

const BACKLOG = 100_000;
const DUE = 3;
/** What a sweep reads without any backlog: a probe of each queue, and its batch. */
const MAX_ROWS_READ = 500;
/** Of a batch of a resume, with the reads of its indexes. */
const MAX_ROWS_READ_BY_RESUME = 10_000;

let admin: SignedInCaller;
beforeAll(async () => {
  admin = {
    ...(await createPerson("admin")),
    ...{ sessionId: newId(), authenticatedAt: new Date().toISOString() },
  };
  await fillTasks();
  await pauseQueue(admin, "emails", { reason: "the provider refuses us" });
}, 120_000);
afterAll(async () => {
  await waitForDeferredWork();
  await disconnectDb();
  await recorder.close();
  await backends.stop();
});

/** Without the limit of a statement's time, which a request has. */
async function fillTasks(): Promise<void> {
  const client = new Client({ connectionString: backends.databaseUrl });
  await client.connect();
  try {
    await client.query("SET statement_timeout = 0");
    await client.query(
      `INSERT INTO "Task" (id, queue, key, version, payload, state, "dueAt", "deadlineAt")
       SELECT gen_random_uuid(), 'emails', 'k' || n, 1, '{}', (ARRAY['pending', 'published'])[1 + n % 2]::"TaskState",
         now() - n * interval '1 second', now() - n * interval '1 second'
       FROM generate_series(1, ${BACKLOG}) n`,
    );
    await client.query(
      `INSERT INTO "Task" (id, queue, key, version, payload, state, "dueAt", "deadlineAt")
       SELECT gen_random_uuid(), 'notifications', 'k' || n, 1, '{}', 'pending', now(), now() + interval '1 day'
       FROM generate_series(1, ${DUE}) n`,
    );
    await client.query('ANALYZE "Task"');
  } finally {
    await client.end();
  }
}

async function record<T>(work: () => Promise<T>): Promise<{ result: T; plans: RecordedPlan[] }> {
  recorder.take();
  const result = await work();
  return { result, plans: recorder.take() };
}

const describePlan = ({ rowsRead, ms, statement }: RecordedPlan) =>
  `${rowsRead} rows, ${ms.toFixed(1)} ms: ${statement.replace(/\s+/g, " ").slice(0, 100)}`;

it("a sweep passes over a paused backlog by the index and does the other queue's tasks", async () => {
  const { result, plans } = await record(() => sweepTasks());
  expect(result).toMatchObject({ republished: DUE, expired: 0 });
  process.stdout.write(`${plans.map(describePlan).join("\n")}\n`);
  expect(plans.filter(({ statement }) => statement.includes('"Task"')).length).toBeGreaterThan(1);
  expect(plans.filter(({ rowsRead }) => rowsRead > MAX_ROWS_READ).map(describePlan)).toEqual([]);
  const untouched = {
    queue: "emails",
    generation: 1,
    state: { in: ["pending" as const, "published" as const] },
  };
  expect(await db().task.count({ where: untouched })).toBe(BACKLOG);
});

it("a resume renews the backlog's deadlines in batches that read little more than they write", async () => {
  const { plans } = await record(() => resumeQueue(admin, "emails", { reason: "it accepts us again" }));
  const renewals = plans.filter(({ statement }) => statement.includes('SET "deadlineAt"'));
  process.stdout.write(
    `${renewals.length} batches; the largest: ${renewals.map(describePlan).sort().at(-1)}\n`,
  );
  const renewed = { queue: "emails", deadlineAt: { gt: new Date() } };
  expect(await db().task.count({ where: renewed })).toBe(BACKLOG);
  expect(renewals.filter(({ rowsRead }) => rowsRead > MAX_ROWS_READ_BY_RESUME).map(describePlan)).toEqual([]);
});
