import { afterAll, beforeAll, expect, it } from "vitest";
import { POST as pauseRoute } from "@/app/api/admin/queues/[queue]/pause/route";
import { POST as resumeRoute } from "@/app/api/admin/queues/[queue]/resume/route";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db, disconnectDb } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import {
  createPayment,
  createPaymentTables,
  drainTasks,
  handlePaymentTasks,
  makeTasksDue,
  paymentTask,
  paymentViolations,
  QUEUE,
} from "@/tests/support/factories/test-payments";
import { runs } from "@/tests/support/fuzz/runs";
import { serveApp } from "@/tests/support/processes/app-server";
import { type Child, startChild, waitForMessage } from "@/tests/support/processes/children";
import type { RouteServer } from "@/tests/support/processes/route-server";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/** A paused queue: this process takes QStash's deliveries, two others sweep all the time. */
const backends = await startIsolatedBackends();
let app: RouteServer;
let admin: Caller;
let sweepers: Child[] = [];
let restoreHandler = () => {};
beforeAll(async () => {
  await createPaymentTables();
  restoreHandler = handlePaymentTasks();
  app = await serveApp(backends.appPort);
  admin = await createPerson("admin");
  sweepers = [startChild("sweeping-process.ts", []), startChild("sweeping-process.ts", [])];
  await Promise.all(sweepers.map(waitForMessage));
});
afterAll(async () => {
  for (const { process } of sweepers) process.kill("SIGKILL");
  await Promise.all(sweepers.map(({ ended }) => ended));
  restoreHandler();
  await waitForDeferredWork();
  await app.close();
  await disconnectDb();
  await backends.stop();
});

const PAUSED_ROUNDS = 5;

/** Waits until every other instance has swept some times more. */
async function waitForSweeps(): Promise<void> {
  for (let round = 0; round < PAUSED_ROUNDS; round += 1) await Promise.all(sweepers.map(waitForMessage));
}

const act = async (route: typeof pauseRoute, reason: string) => {
  const response = await call(route, {
    as: admin,
    method: "POST",
    params: { queue: QUEUE },
    body: { reason },
  });
  expect(response.status).toBe(200);
};
const pause = () => act(pauseRoute, "the supplier is closed");
const resume = () => act(resumeRoute, "the supplier is open");

/** Makes tasks due all the time, so that nothing but the pause holds them back. */
async function effectsOf(ids: readonly string[]): Promise<number> {
  const [row] = await db().$queryRaw<{ effects: number }[]>`
SELECT count(*)::int AS effects FROM "TestEffect" WHERE "paymentId" = ANY (${[...ids]}::uuid[])`;
  return row?.effects ?? 0;
}

const createPayments = (count: number) => Promise.all(Array.from({ length: count }, () => createPayment()));

it("holds on every instance, loses nothing and does nothing twice", async () => {
  const before = await createPayments(20);
  await waitUntil("the queue works", async () => (await effectsOf(before)) > 0);
  await pause();
  // Attempts that were running end.
  const isIdle = async () => (await db().task.count({ where: { queue: QUEUE, state: "running" } })) === 0;
  await waitUntil("no attempt runs", isIdle);
  const doneBefore = await effectsOf(before);

  const during = await createPayments(60);
  const ids = [...before, ...during];
  await makeTasksDue(ids);
  await waitForSweeps();
  // A message that was under way before the pause, and one that comes twice.
  const delivered = during[0] ?? "";
  const task = await paymentTask(delivered);
  for (let repeat = 0; repeat < 2; repeat += 1)
    expect((await deliverTask(QUEUE, task?.id ?? "")).status).toBe(200);
  expect(await paymentTask(delivered)).toMatchObject({ state: "pending", attempts: 0 });
  // None dies by its deadline meanwhile.
  const past = new Date(Date.now() - 60_000);
  const unfinished = { queue: QUEUE, state: { in: ["pending", "published", "running"] as const } };
  const { count: late } = await db().task.updateMany({
    where: { ...unfinished, state: { in: [...unfinished.state.in] } },
    data: { deadlineAt: past },
  });
  expect(late).toBeGreaterThanOrEqual(during.length);
  await waitForSweeps();
  expect(await effectsOf(during)).toBe(0);
  expect(await effectsOf(before)).toBe(doneBefore);
  expect(await db().task.count({ where: { queue: QUEUE, key: { in: during }, state: "pending" } })).toBe(
    during.length,
  );

  await resume();
  await drainTasks(ids);
  expect(await paymentViolations(ids)).toEqual([]);
  expect(await effectsOf(ids)).toBe(ids.length);
  const entries = await db().auditEntry.findMany({
    where: { subject: `queue:${QUEUE}` },
    orderBy: { id: "asc" },
    select: { action: true, actorId: true, data: true },
  });
  expect(entries).toEqual([
    { action: "queue_paused", actorId: admin.userId, data: { reason: "the supplier is closed" } },
    { action: "queue_resumed", actorId: admin.userId, data: { reason: "the supplier is open" } },
  ]);
});

it("paused and resumed at random moments while tasks run, each is done once", async () => {
  const ids: string[] = [];
  for (let round = 0; round < runs(6); round += 1) {
    const [created] = await Promise.all([createPayments(15), round % 2 === 0 ? pause() : resume()]);
    ids.push(...created);
    await makeTasksDue(ids);
    await Promise.all(sweepers.map(waitForMessage));
  }
  await resume();
  await drainTasks(ids);
  expect(await paymentViolations(ids)).toEqual([]);
  expect(await effectsOf(ids)).toBe(ids.length);
});
