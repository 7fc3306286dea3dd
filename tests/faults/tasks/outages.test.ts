import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb, prepareRole } from "@/lib/db";
import { sweepTasks } from "@/lib/tasks";
import { applyMigrations } from "@/local/postgres/migrate";
import { startQstash } from "@/local/qstash";
import { waitUntil } from "@/tests/support/clients/wait-until";
import {
  createPayment,
  createPaymentTables,
  drainTasks,
  handlePaymentTasks,
  paymentTask,
  paymentViolations,
} from "@/tests/support/factories/test-payments";
import { runs } from "@/tests/support/fuzz/runs";
import { serveApp } from "@/tests/support/processes/app-server";
import type { RouteServer } from "@/tests/support/processes/route-server";
import { startCommitCutter } from "@/tests/support/proxies/commit-cutter";
import { type FaultMode, startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { startRealPostgres } from "@/tests/support/stack/real-postgres";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/** A QStash and a Postgres of this file only, behind proxies: they are cut off, restarted, and rotate keys. */
const token = "tasks-outages";
const qstash = await startQstash({ dataDir: null, token, retryScale: 0.001 });
const toQstash = await startFaultProxy({ host: "127.0.0.1", port: qstash.port });
const toRedis = await startFaultProxy({
  host: "127.0.0.1",
  port: Number(new URL(process.env.UPSTASH_REDIS_REST_URL ?? "").port),
});
const postgres = await startRealPostgres();
await applyMigrations(postgres.url);
await prepareRole(postgres.url, postgres.url);
const cutter = await startCommitCutter(postgres.url);
Object.assign(process.env, {
  QSTASH_URL: `http://127.0.0.1:${toQstash.port}`,
  QSTASH_TOKEN: token,
  QSTASH_CURRENT_SIGNING_KEY: qstash.keys.current,
  QSTASH_NEXT_SIGNING_KEY: qstash.keys.next,
  UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${toRedis.port}`,
  DATABASE_URL: cutter.url,
});

const APP_PORT = Number(new URL(process.env.APP_URL ?? "").port);
let app: RouteServer;
let restoreHandler = () => {};
beforeAll(async () => {
  await createPaymentTables();
  restoreHandler = handlePaymentTasks();
  app = await serveApp(APP_PORT);
});
afterEach(async () => {
  await toQstash.set("pass");
  await toRedis.set("pass");
});
afterAll(async () => {
  restoreHandler();
  await app.close();
  await disconnectDb();
  await Promise.all([toQstash.close(), toRedis.close(), cutter.close(), qstash.close()]);
  await postgres.stop();
});

const payMany = (count: number) => Promise.all(Array.from({ length: count }, () => createPayment()));

async function expectNoViolations(ids: readonly string[]): Promise<void> {
  await drainTasks(ids);
  expect(await paymentViolations(ids)).toEqual([]);
}

it.each<FaultMode>(["refuse", "hang", "swallow", "error", "limited", "page"])(
  "with QStash down (%s) payments succeed, and their tasks run without it",
  async (mode) => {
    await toQstash.set(mode);
    const ids = await payMany(10);
    await waitForDeferredWork();
    const finished = await Promise.all(ids.map(paymentTask));
    expect(finished.map((task) => task?.state)).toEqual(ids.map(() => "done"));
    await toQstash.set("pass");
    await expectNoViolations(ids);
  },
);

it("tasks run after QStash fails during a sweep", async () => {
  const ids = await Promise.all(Array.from({ length: 150 }, () => createPayment("unpublished")));
  await toQstash.set("swallow");
  await expect(sweepTasks()).rejects.toThrow();
  await toQstash.set("pass");
  await expectNoViolations(ids);
});

it("without Redis tasks are enqueued, published, run and finished", async () => {
  await toRedis.set("refuse");
  await expectNoViolations(await payMany(10));
});

it("a restart of Postgres during payments leaves no violation", async () => {
  const attemptedIds: string[] = [];
  let paid = 0;
  const buying = (async () => {
    while (paid < 60) {
      const id = newId();
      attemptedIds.push(id);
      // A payment that fails with an error may have committed: what is in Postgres counts.
      await createPayment("works", id).then(
        () => {
          paid += 1;
        },
        () => {},
      );
    }
  })();
  await waitUntil("some have paid", () => paid > 15);
  await postgres.restart();
  await buying;
  await expectNoViolations(attemptedIds);
});

it("a commit whose connection is cut happens at most once", async () => {
  for (let round = 0; round < runs(10); round += 1) {
    // Cuts the next commit: the payment's, the publisher's update, or the handler's.
    cutter.arm(1);
    const id = await createPayment().catch(() => null);
    await waitForDeferredWork();
    const ids = id === null ? [] : [id];
    await expectNoViolations(ids);
    cutter.arm(0);
    const second = await createPayment();
    cutter.arm(1);
    await expectNoViolations([second]);
    cutter.arm(0);
  }
  expect(cutter.cuts).toBeGreaterThan(10);
});

it("deliveries survive any number of rotations of the signing keys, without a deploy", async () => {
  const rotate = async () => {
    const response = await fetch(`${qstash.url}/v2/keys/rotate`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.ok).toBe(true);
  };
  let time = Date.now();
  const restoreClock = setClock({ now: () => time });
  try {
    // After the second rotation neither key of the environment signs any more.
    for (let rotation = 1; rotation <= 5; rotation += 1) {
      await rotate();
      const ids = await payMany(5);
      await waitForDeferredWork();
      await waitUntil("the tasks are done", async () => {
        return (await db().task.count({ where: { key: { in: ids }, state: "done" } })) === ids.length;
      });
      expect(await paymentViolations(ids)).toEqual([]);
      time += 60_000;
    }
  } finally {
    restoreClock();
  }
});
