import { afterAll, afterEach, describe, expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { getTaskStory } from "@/lib/ops";
import {
  defineTask,
  enqueue,
  getTaskOverview,
  listTasks,
  NonRetryableTaskError,
  sweepTasks,
} from "@/lib/tasks";
import { replaceHandler } from "@/lib/tasks/registry";
import { deliver, deliverTask, signDelivery } from "@/tests/support/clients/signed-delivery";
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

describe("an operator's page", () => {
  const operator = { role: "admin" } as const;
  const statements = async (work: () => Promise<unknown>) => (await cost(work)).statements;

  it("of all tasks costs 5 statements, a search 3 at most, and one by error 5", async () => {
    // The names of the queues, counts, pauses, and the ids and rows of a page.
    expect(await statements(() => getTaskOverview(operator))).toBe(5);
    expect(await statements(() => listTasks(operator, { queue: "emails" }))).toBe(2);
    expect(await statements(() => listTasks(operator))).toBe(3);
    // Also a sample, and the trigrams.
    expect(await statements(() => listTasks(operator, { error: "refused" }))).toBe(5);
  });

  it("of one task costs a few, and one call to QStash if it had a message", async () => {
    const { id } = await transaction((tx) =>
      enqueue(
        tx,
        "leaderboards",
        { orderId: newId() },
        {
          ...{ key: newId(), delaySeconds: 86_400 },
        },
      ),
    );
    await waitForDeferredWork();
    const { statements: count, qstashCalls, redisCommands } = await cost(() => getTaskStory(operator, id));
    expect(count).toBeLessThanOrEqual(8);
    expect([qstashCalls, redisCommands]).toEqual([1, 0]);
  });

  it("a pause costs a task no statement more", async () => {
    const add = () => transaction(addTask);
    const running = await cost(add);
    await db().queuePause.create({ data: { queue: "notifications", reason: "a test" } });
    try {
      // It is not published.
      expect(await cost(add)).toEqual({ ...running, statements: running.statements - 1, qstashCalls: 0 });
    } finally {
      await db().queuePause.deleteMany();
    }
  });
});

/** Last in this file: afterwards the keys of the environment count no more. */
describe("a message that the signing keys do not verify", () => {
  const body = JSON.stringify({ queue: "probe", version: 1, payload: { id: newId() } });
  const free = { statements: 0, qstashCalls: 0, redisCommands: 0 };
  const deliverAll = (signatures: (string | undefined)[], status: number) =>
    cost(() =>
      Promise.all(
        signatures.map(async (signature) =>
          expect((await deliver("probe", body, signature)).status).toBe(status),
        ),
      ),
    );
  let time = Date.now();
  const pass = (ms: number) => {
    time += ms;
    restores.push(setClock({ now: () => time }));
  };

  it("costs nothing when it does not even claim to be genuine", async () => {
    const forged = { key: "sig_forged" };
    const signatures = [
      undefined,
      "garbage",
      "a.b.c",
      await signDelivery("probe", `${body} `, forged),
      await signDelivery("probe", body, { ...forged, signedFor: "views-sync" }),
      await signDelivery("probe", body, { ...forged, expires: "-1m" }),
    ];
    expect(await deliverAll(signatures, 401)).toEqual(free);
  });

  it("costs one call to QStash a minute at most when it is forged well", async () => {
    const forged = await signDelivery("probe", body, { key: "sig_forged" });
    const flood = Array.from({ length: 50 }, () => forged);
    pass(0);
    expect(await deliverAll(flood, 401)).toEqual({ ...free, qstashCalls: 1 });
    pass(59_000);
    expect(await deliverAll(flood, 401)).toEqual(free);
    pass(1_000);
    expect(await deliverAll(flood, 401)).toEqual({ ...free, qstashCalls: 1 });
  });

  it("is accepted after one call when QStash has rotated its keys twice, and the earlier keys count no more", async () => {
    const rotate = async () => {
      const headers = { authorization: `Bearer ${process.env.QSTASH_TOKEN}` };
      const response = await fetch(`${process.env.QSTASH_URL}/v2/keys/rotate`, { method: "POST", headers });
      return (await response.json()) as { current: string; next: string };
    };
    const early = await signDelivery("probe", body);
    await rotate();
    const { current, next } = await rotate();
    pass(60_000);
    const signatures = await Promise.all([current, next].map((key) => signDelivery("probe", body, { key })));
    expect(await deliverAll(signatures, 200)).toEqual({ ...free, qstashCalls: 1 });
    expect(await deliverAll([early], 401)).toEqual(free);
    pass(60_000);
    expect(await deliverAll(signatures, 200)).toEqual(free);
  });
});
