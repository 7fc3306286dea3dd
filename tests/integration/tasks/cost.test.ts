import { afterAll, afterEach, describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { defineTask, enqueue, NonRetryableTaskError, sweepTasks } from "@/lib/tasks";
import { replaceHandler } from "@/lib/tasks/registry";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import {
  addTask,
  addTasks,
  BEGIN_AND_COMMIT,
  changeNothing,
  commitTogether,
  costOfAdding,
  startTaskCosts,
} from "@/tests/support/proxies/task-costs";

/** The cost of tasks: statements on the wire to Postgres, calls to QStash, commands to Redis. Counted, never timed. */

const { cost, stop } = await startTaskCosts();

const restores: (() => void)[] = [];
afterEach(() => {
  for (const restore of restores.splice(0)) restore();
});
afterAll(stop);

/** A task that is due now and not published. */
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

describe("a sweep", () => {
  it("without a result costs 4 statements and one query of the dead letters", async () => {
    expect(await cost(() => sweepTasks())).toEqual({
      // The expired tasks in a transaction, then the due ones.
      statements: BEGIN_AND_COMMIT + 1 + 1,
      qstashCalls: 1,
      redisCommands: 0,
    });
  });
});

describe("enqueuing", () => {
  it("one task costs one statement in the change's transaction, and one call and one update after it", async () => {
    const without = await cost(() => transaction(changeNothing));
    expect(without).toEqual({ statements: BEGIN_AND_COMMIT + 1, qstashCalls: 0, redisCommands: 0 });
    const inTransaction = await cost(() =>
      db().$transaction(async (tx) => [await changeNothing(tx), await addTask(tx)]),
    );
    expect(inTransaction).toEqual({ ...without, statements: without.statements + 1 });
    const published = await cost(() =>
      transaction(async (tx) => [await changeNothing(tx), await addTask(tx)]),
    );
    expect(published).toEqual({ statements: without.statements + 1 + 1, qstashCalls: 1, redisCommands: 0 });
  });

  it("2 tasks in one transaction cost a statement each, and one call and one update for both", async () => {
    expect(await cost(() => addTasks(2))).toEqual(costOfAdding(2));
  });

  it("20 transactions that end together cost one call and one update", async () => {
    restores.push(commitTogether(20));
    const all = await cost(() => Promise.all(Array.from({ length: 20 }, () => transaction(addTask))));
    expect(all).toEqual({
      statements: 20 * (BEGIN_AND_COMMIT + 1) + 1,
      qstashCalls: 1,
      redisCommands: 0,
    });
  });

  it("an existing task costs one statement, and nothing to publish", async () => {
    const key = newId();
    const enqueueAgain = () =>
      transaction((tx) =>
        enqueue(tx, "notifications", { userId: newId(), kind: "general" }, { key, delaySeconds: 86_400 }),
      );
    await enqueueAgain();
    expect(await cost(enqueueAgain)).toEqual({
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

  it("that succeeds costs a claim, and the completion in the transaction of the effects", async () => {
    handleNotifications({ commit: async (tx) => void (await changeNothing(tx)) });
    const id = await unpublished();
    expect(await ofDelivery(id, 200)).toEqual({ statements: 1 + BEGIN_AND_COMMIT + 1 + 1, ...nothingElse });
    // A repeat costs one statement.
    expect(await ofDelivery(id, 200)).toEqual({ statements: 1, ...nothingElse });
  });

  it("with progress reports costs one statement each", async () => {
    handleNotifications({
      prepare: async (payload, { reportProgress }) => {
        for (let done = 1; done <= 3; done += 1) await reportProgress({ done, total: 3 });
        return payload;
      },
    });
    expect(await ofDelivery(await unpublished(), 200)).toEqual({
      statements: 1 + 3 + BEGIN_AND_COMMIT + 1,
      ...nothingElse,
    });
  });

  it("that fails costs a claim and a release", async () => {
    handleNotifications({ prepare: () => Promise.reject(new Error("not now")) });
    expect(await ofDelivery(await unpublished(), 500)).toEqual({ statements: 2, ...nothingElse });
  });

  it("that can never succeed costs a claim, and the death with its alert in one transaction", async () => {
    handleNotifications({ prepare: () => Promise.reject(new NonRetryableTaskError("never")) });
    expect(await ofDelivery(await unpublished(), 489)).toEqual({
      statements: 1 + BEGIN_AND_COMMIT + 2,
      ...nothingElse,
    });
  });
});
