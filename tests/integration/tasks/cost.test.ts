import { afterAll, afterEach, describe, expect, it } from "vitest";
import { deferredWork } from "@/lib/core/defer";
import { injectFault } from "@/lib/core/failpoint";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb, type Transaction, transaction } from "@/lib/db";
import { defineTask, enqueue, sweepTasks, TaskRefusedError } from "@/lib/tasks";
import { replaceHandler } from "@/lib/tasks/registry";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import { until } from "@/tests/support/clients/until";
import { startCallMeter } from "@/tests/support/proxies/call-meter";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";
import { gateway } from "@/tests/support/stack/gateway";
import { startOwnBackends } from "@/tests/support/stack/own-backends";

/** What tasks cost: statements on the wire to Postgres, calls to QStash, commands to Redis. Counted, never timed. */

const backends = await startOwnBackends();
const meter = await startStatementMeter(backends.databaseUrl);
const toQstash = await startCallMeter(backends.qstash.url);
Object.assign(process.env, { DATABASE_URL: meter.url, QSTASH_URL: toQstash.url });

const restores: (() => void)[] = [];
afterEach(() => {
  for (const restore of restores.splice(0)) restore();
});
afterAll(async () => {
  await deferredWork();
  await disconnectDb();
  await toQstash.close();
  await meter.close();
  await backends.stop();
});

interface Cost {
  statements: number;
  qstashCalls: number;
  redisCommands: number;
}

/** With all that is done once the answer is out. */
async function cost(work: () => Promise<unknown>): Promise<Cost> {
  await deferredWork();
  gateway().stats.reset();
  meter.reset();
  toQstash.reset();
  await work();
  await deferredWork();
  return {
    statements: meter.statements,
    qstashCalls: toQstash.calls,
    redisCommands: gateway().stats.snapshot().commands,
  };
}

/** A business change of one statement. */
const change = (tx: Transaction) => tx.$executeRaw`UPDATE "User" SET name = name WHERE false`;

/** For tomorrow: QStash takes it, and nothing of its delivery is counted. */
function add(tx: Transaction) {
  const options = { key: newId(), delaySeconds: 86_400 };
  return enqueue(tx, "notifications", { userId: newId(), kind: "general" }, options);
}

/** Due now; QStash is not told. */
async function unpublished(): Promise<string> {
  const { id } = await db().$transaction((tx) =>
    enqueue(tx, "notifications", { userId: newId(), kind: "general" }, { key: newId() }),
  );
  return id;
}

type Handler = Parameters<ReturnType<typeof defineTask<"notifications">>>[0];

function handleNotifications(handler: Partial<Handler>): void {
  restores.push(
    replaceHandler("notifications", defineTask<"notifications">()({ commit: async () => {}, ...handler })),
  );
}

const BEGIN_AND_COMMIT = 2;

describe("a sweep", () => {
  it("that finds nothing: 4 statements and one look at the dead letters", async () => {
    expect(await cost(() => sweepTasks())).toEqual({
      // The expired ones in a transaction, then what is due.
      statements: BEGIN_AND_COMMIT + 1 + 1,
      qstashCalls: 1,
      redisCommands: 0,
    });
  });

  it("of 250 tasks: two statements and one call for each 100", async () => {
    const past = new Date(Date.now() - 60_000);
    await db().task.createMany({
      data: Array.from({ length: 250 }, () => ({
        ...{ id: newId(), queue: "notifications", key: newId(), version: 2, payload: {} },
        ...{ notBefore: past, dueAt: past, deadlineAt: new Date(Date.now() + 86_400_000) },
      })),
    });
    expect(await cost(() => sweepTasks())).toEqual({
      statements: BEGIN_AND_COMMIT + 1 + 3 * 2,
      qstashCalls: 1 + 3,
      redisCommands: 0,
    });
  });
});

describe("enqueuing", () => {
  it("one task: one statement in the change's transaction; after it one call and one statement that notes it", async () => {
    const without = await cost(() => transaction(change));
    expect(without).toEqual({ statements: BEGIN_AND_COMMIT + 1, qstashCalls: 0, redisCommands: 0 });
    const inTransaction = await cost(() =>
      db().$transaction(async (tx) => [await change(tx), await add(tx)]),
    );
    expect(inTransaction).toEqual({ ...without, statements: without.statements + 1 });
    const published = await cost(() => transaction(async (tx) => [await change(tx), await add(tx)]));
    expect(published).toEqual({ statements: without.statements + 1 + 1, qstashCalls: 1, redisCommands: 0 });
  });

  it.each([2, 20])(
    "%d tasks of one transaction: a statement each, one call and one note for all",
    async (n) => {
      const all = await cost(() =>
        transaction(async (tx) => {
          for (let task = 0; task < n; task += 1) await add(tx);
        }),
      );
      expect(all).toEqual({ statements: BEGIN_AND_COMMIT + n + 1, qstashCalls: 1, redisCommands: 0 });
    },
  );

  /** They end together when the last has committed, however slow the machine is. */
  function endTogether(tasks: number): void {
    let committed = 0;
    restores.push(
      injectFault(async (name) => {
        if (name !== "tasks.committed") return;
        committed += 1;
        await until("all have committed", () => committed === tasks);
      }),
    );
  }

  it("20 transactions that end together: one call and one note for all", async () => {
    endTogether(20);
    const all = await cost(() => Promise.all(Array.from({ length: 20 }, () => transaction(add))));
    expect(all).toEqual({
      statements: 20 * (BEGIN_AND_COMMIT + 1) + 1,
      qstashCalls: 1,
      redisCommands: 0,
    });
  });

  it("more than 100 tasks: a call for each 100", async () => {
    endTogether(120);
    const all = await cost(async () => {
      for (let round = 0; round < 5; round += 1) {
        await transaction(async (tx) => {
          for (let task = 0; task < 24; task += 1) await add(tx);
        });
      }
    });
    expect(all).toEqual({
      statements: 5 * BEGIN_AND_COMMIT + 120 + 2,
      qstashCalls: 2,
      redisCommands: 0,
    });
  });

  it("one that is there: one statement, and nothing to publish", async () => {
    const key = newId();
    const again = () =>
      transaction((tx) =>
        enqueue(tx, "notifications", { userId: newId(), kind: "general" }, { key, delaySeconds: 86_400 }),
      );
    await again();
    expect(await cost(again)).toEqual({
      statements: BEGIN_AND_COMMIT + 1,
      qstashCalls: 0,
      redisCommands: 0,
    });
  });
});

describe("a delivery", () => {
  const ofDelivery = async (id: string, status: number) =>
    cost(async () => expect((await deliverTask("notifications", id)).status).toBe(status));
  const nothingElse = { qstashCalls: 0, redisCommands: 0 };

  it("that works: claim, and completion in the transaction of the effects", async () => {
    handleNotifications({ commit: async (tx) => void (await change(tx)) });
    const id = await unpublished();
    expect(await ofDelivery(id, 200)).toEqual({ statements: 1 + BEGIN_AND_COMMIT + 1 + 1, ...nothingElse });
    // Again: one look.
    expect(await ofDelivery(id, 200)).toEqual({ statements: 1, ...nothingElse });
  });

  it("with signs of life: one statement each", async () => {
    handleNotifications({
      prepare: async (payload, { progress }) => {
        for (let done = 1; done <= 3; done += 1) await progress({ done, total: 3 });
        return payload;
      },
    });
    expect(await ofDelivery(await unpublished(), 200)).toEqual({
      statements: 1 + 3 + BEGIN_AND_COMMIT + 1,
      ...nothingElse,
    });
  });

  it("that fails: claim and release", async () => {
    handleNotifications({ prepare: () => Promise.reject(new Error("not now")) });
    expect(await ofDelivery(await unpublished(), 500)).toEqual({ statements: 2, ...nothingElse });
  });

  it("that can never work: claim, and the death with its alert in one transaction", async () => {
    handleNotifications({ prepare: () => Promise.reject(new TaskRefusedError("never")) });
    expect(await ofDelivery(await unpublished(), 489)).toEqual({
      statements: 1 + BEGIN_AND_COMMIT + 2,
      ...nothingElse,
    });
  });
});
