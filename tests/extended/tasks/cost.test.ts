import { afterAll, afterEach, describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { sweepTasks } from "@/lib/tasks";
import {
  addTasks,
  BEGIN_AND_COMMIT,
  commitTogether,
  costOfAdding,
  startTaskCosts,
} from "@/tests/support/proxies/task-costs";

/** The cost of many tasks. */

const { cost, stop } = await startTaskCosts();
afterAll(stop);

let stopWaiting = () => {};
afterEach(() => stopWaiting());

describe("a sweep", () => {
  it("of 250 tasks costs two statements and one call per 100", async () => {
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
  it("20 tasks in one transaction costs a statement each, and one call and one update for all", async () => {
    expect(await cost(() => addTasks(20))).toEqual(costOfAdding(20));
  });

  it("more than 100 tasks costs a call per 100", async () => {
    stopWaiting = commitTogether(120);
    const all = await cost(async () => {
      for (let round = 0; round < 5; round += 1) await addTasks(24);
    });
    expect(all).toEqual({
      statements: 5 * BEGIN_AND_COMMIT + 120 + 2,
      qstashCalls: 2,
      redisCommands: 0,
    });
  });
});
