import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { GET as sweepCron } from "@/app/api/cron/sweep-tasks/route";
import { GET as readMe } from "@/app/api/me/route";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb, transaction } from "@/lib/db";
import { enqueue } from "@/lib/tasks";
import { call } from "@/tests/support/clients/call";
import { useUpQuota } from "@/tests/support/factories/qstash-quota";
import {
  createPayment,
  createPaymentTables,
  handlePaymentTasks,
  makeTasksDue,
  paymentTask,
  paymentViolations,
} from "@/tests/support/factories/test-payments";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";

/** QStash answers 429 to every message: the plan's day is used up. Nothing is served, so nothing can be delivered. */
const { qstash, stop } = await startIsolatedBackends({ plan: "free" });

let restoreHandler = () => {};
beforeAll(async () => {
  await useUpQuota(qstash);
  await createPaymentTables();
  restoreHandler = handlePaymentTasks();
});
const restores: (() => void)[] = [];
afterEach(() => {
  for (const restore of restores.splice(0)) restore();
});
afterAll(async () => {
  restoreHandler();
  await waitForDeferredWork();
  await disconnectDb();
  await stop();
});

/** A request of anybody, and what it leaves to do after its response. */
async function request(): Promise<void> {
  await call(readMe);
  await waitForDeferredWork();
}

async function createDuePayment(): Promise<string> {
  const id = await createPayment("unpublished");
  await makeTasksDue([id]);
  return id;
}

const stateOf = async (paymentId: string) => (await paymentTask(paymentId))?.state;

it("a task of the money lane runs after the response of its own request, the others wait", async () => {
  const [paid, other] = [newId(), newId()];
  await createPayment("works", paid);
  await transaction((tx) =>
    enqueue(tx, "notifications", { userId: newId(), kind: "general" }, { key: other }),
  );
  await waitForDeferredWork();
  expect(await paymentTask(paid)).toMatchObject({ state: "done", attempts: 1, messageId: null });
  expect(await paymentViolations([paid])).toEqual([]);
  const where = { queue_key: { queue: "notifications", key: other } };
  expect(await db().task.findUnique({ where })).toMatchObject({ state: "pending", attempts: 0 });
  expect(qstash.stats()).toMatchObject({ today: 1_000, delivered: 0 });
});

it("a task that failed without QStash is retried when it is due again", async () => {
  const id = await createPayment("fails-once");
  await waitForDeferredWork();
  expect(await paymentTask(id)).toMatchObject({ state: "published", attempts: 1 });
  await makeTasksDue([id]);
  expect((await sweep()).status).toBe(500);
  expect(await paymentTask(id)).toMatchObject({ state: "done", attempts: 2 });
  expect(await paymentViolations([id])).toEqual([]);
});

it("a sweep that QStash refuses runs all due tasks of the money lane after its response", async () => {
  // More than a sweep claims at once, and the money lane's are the last.
  await transaction(async (tx) => {
    for (let task = 0; task < 120; task += 1) {
      await enqueue(tx, "notifications", { userId: newId(), kind: "general" }, { key: newId() });
    }
  });
  await waitForDeferredWork();
  await db().task.updateMany({ where: { queue: "notifications" }, data: { dueAt: new Date(0) } });
  const ids = await Promise.all(Array.from({ length: 12 }, createDuePayment));
  expect((await sweep()).status).toBe(500);
  expect(await paymentViolations(ids)).toEqual([]);
});

it("a later request runs what waits, at most once a minute from one process", async () => {
  let time = Date.now() + 3_600_000;
  restores.push(setClock({ now: () => time }));
  const first = await createDuePayment();
  await request();
  expect(await stateOf(first)).toBe("done");
  const second = await createDuePayment();
  time += 59_999;
  await request();
  expect(await stateOf(second)).toBe("pending");
  time += 1;
  await request();
  expect(await stateOf(second)).toBe("done");
  expect(await paymentViolations([first, second])).toEqual([]);
});

async function sweep() {
  const response = await call(sweepCron, {
    headers: { authorization: `Bearer ${process.env.CRON_SECRET}` },
  });
  await waitForDeferredWork();
  return response;
}
