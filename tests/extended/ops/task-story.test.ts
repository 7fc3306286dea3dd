import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { GET as readStory } from "@/app/api/admin/tasks/[id]/route";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { createRoute } from "@/lib/core/http";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb, transaction } from "@/lib/db";
import type { TaskStory } from "@/lib/ops";
import { taskSchema } from "@/lib/schemas/task";
import { backgroundTaskService, defineTask, enqueue, listTasks, sweepTasks } from "@/lib/tasks";
import { claimTask } from "@/lib/tasks/lease";
import { replaceHandler } from "@/lib/tasks/registry";
import { call } from "@/tests/support/clients/call";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { serveApp } from "@/tests/support/processes/app-server";
import type { RouteServer } from "@/tests/support/processes/route-server";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";

/** What an operator reads of one task: GET /api/admin/tasks/{id}. */

const backends = await startIsolatedBackends({ retryScale: 0.1 });
let app: RouteServer;
let admin: Caller;
let owner: Caller;
beforeAll(async () => {
  app = await serveApp(backends.appPort);
  admin = await createPerson("admin");
  const [person] = await createPeople(1);
  owner = person;
});
afterAll(async () => {
  await waitForDeferredWork();
  await app.close();
  await disconnectDb();
  await backends.stop();
});
const restores: (() => void)[] = [];
afterEach(async () => {
  for (const restore of restores.splice(0)) restore();
  await waitForDeferredWork();
});

const QUEUE = "leaderboards";

/** Each attempt does what the next entry says; after the last one it succeeds. */
function failWith(...errors: (string | (() => Promise<void>))[]): void {
  restores.push(
    replaceHandler(
      QUEUE,
      defineTask<typeof QUEUE>()({
        prepare: async () => {
          const next = errors.shift();
          if (typeof next === "string") throw new Error(next);
          await next?.();
        },
        commit: async () => {},
      }),
    ),
  );
}

/** A task that no message carries, so that only the test's deliveries arrive. */
async function unpublished(): Promise<string> {
  const { id } = await db().$transaction((tx) =>
    enqueue(tx, QUEUE, { orderId: newId() }, { key: newId(), ownerId: owner.userId }),
  );
  return id;
}

async function storyOf(id: string): Promise<TaskStory> {
  const { status, body } = await call(readStory, { as: admin, params: { id } });
  expect(status).toBe(200);
  return body;
}

it("shows the request that caused the task, and who sent it", async () => {
  const handler = createRoute({
    authenticate: async () => ({ ...owner, sessionId: "", authenticatedAt: "" }),
  })({ summary: "", auth: "user", response: taskSchema.pick({ id: true }) }, async ({ caller }) => ({
    id: await backgroundTaskService.updateLeaderboards(newId(), {
      ownerId: caller.userId,
      delaySeconds: 600,
    }),
  }));
  const response = await call(handler);
  const { task, cause, next } = await storyOf(response.body.id);
  expect(cause).toMatchObject({
    taskId: task.id,
    requestId: response.headers.get("x-request-id"),
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    person: { id: owner.userId },
  });
  // It is delayed.
  expect(next.map(({ kind }) => kind)).toContain("starts");
  expect(next.at(-1)?.kind).toBe("deadline");
});

it("a task that another one enqueued has the request of the first", async () => {
  let childId = "";
  restores.push(
    replaceHandler(
      QUEUE,
      defineTask<typeof QUEUE>()({
        commit: async (tx) => {
          childId = await backgroundTaskService.updateReferralBonus(newId(), { tx, delaySeconds: 600 });
        },
      }),
    ),
  );
  const id = await unpublished();
  await db().task.update({ where: { id }, data: { requestId: "the-first-request" } });
  expect((await deliverTask(QUEUE, id)).status).toBe(200);
  expect((await storyOf(childId)).cause.requestId).toBe("the-first-request");
});

it("a task that is being retried has its reason, also while the next attempt runs", async () => {
  const id = await unpublished();
  let whileRunning: TaskStory | undefined;
  failWith("connect ECONNREFUSED", "timeout", async () => {
    whileRunning = await storyOf(id);
  });
  expect((await deliverTask(QUEUE, id)).status).toBe(500);
  const listed = await listTasks({ role: "admin" }, { state: "published", error: "econnrefused" });
  expect(listed.items.map((task) => task.id)).toContain(id);
  expect((await deliverTask(QUEUE, id)).status).toBe(500);
  expect((await deliverTask(QUEUE, id)).status).toBe(200);

  expect(whileRunning?.task).toMatchObject({ state: "running", error: "Error: timeout" });
  expect(whileRunning?.attempts.map(({ outcome }) => outcome)).toEqual(["failed", "failed", "running"]);
  expect(whileRunning?.next.map(({ kind }) => kind)).toContain("lease_ends");
  const { task, attempts, next } = await storyOf(id);
  expect(task).toMatchObject({ state: "done", error: null, attempts: 3 });
  expect(attempts.map(({ attempt, outcome, error }) => [attempt, outcome, error])).toEqual([
    [1, "failed", "Error: connect ECONNREFUSED"],
    [2, "failed", "Error: timeout"],
    [3, "done", null],
  ]);
  for (const { startedAt, endedAt } of attempts)
    expect(Date.parse(endedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(startedAt ?? ""));
  expect(next).toEqual([]);
});

it("an attempt whose process died is a failed one", async () => {
  failWith();
  const id = await unpublished();
  expect((await claimTask(id, [QUEUE], "msg-of-the-dead")).outcome).toBe("leased");
  await db().task.update({ where: { id }, data: { leaseUntil: new Date(Date.now() - 1_000) } });
  expect((await deliverTask(QUEUE, id)).status).toBe(200);
  const { attempts } = await storyOf(id);
  expect(attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
    [1, "failed"],
    [2, "done"],
  ]);
  expect(attempts[0]).toMatchObject({
    messageId: "msg-of-the-dead",
    error: expect.stringContaining("lease"),
  });
});

it("keeps the last twenty failed attempts, and counts all", async () => {
  failWith(...Array.from({ length: 23 }, (_, index) => `failure ${index + 1}`));
  const id = await unpublished();
  for (let attempt = 1; attempt <= 23; attempt += 1) await deliverTask(QUEUE, id);
  const { task, attempts } = await storyOf(id);
  expect(task.attempts).toBe(23);
  expect(attempts.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 20 }, (_, index) => index + 4));
});

it("a done notification keeps when it failed, and not why: its errors may name a person", async () => {
  let fails = true;
  restores.push(
    replaceHandler(
      "notifications",
      defineTask<"notifications">()({
        prepare: async () => {
          if (fails) throw new Error("no such user as anna@test.example");
        },
        commit: async () => {},
      }),
    ),
  );
  const { id } = await db().$transaction((tx) =>
    enqueue(tx, "notifications", { userId: owner.userId, kind: "general" }, { key: newId() }),
  );
  await deliverTask("notifications", id);
  expect((await storyOf(id)).attempts[0]?.error).toContain("anna");
  fails = false;
  await deliverTask("notifications", id);
  const { attempts, payload } = await storyOf(id);
  expect(attempts.map(({ outcome, error }) => [outcome, error])).toEqual([
    ["failed", null],
    ["done", null],
  ]);
  expect(payload).toBeNull();
  expect(JSON.stringify(await db().task.findUnique({ where: { id } }))).not.toContain("anna");
});

it("has QStash's events with the next delivery, and answers without QStash", async () => {
  failWith("not yet", "not yet", "not yet", "not yet");
  const { id } = await transaction((tx) => enqueue(tx, QUEUE, { orderId: newId() }, { key: newId() }));
  await waitUntil("QStash has delivered it and will again", async () => {
    const { messages } = await storyOf(id);
    return messages.events.some(({ nextDeliveryAt }) => nextDeliveryAt !== null);
  });
  const { messages, task } = await storyOf(id);
  expect(messages.available).toBe(true);
  expect(messages.events[0]).toMatchObject({ state: "CREATED", messageId: task.messageId });
  expect(
    messages.events.some(({ state, responseStatus }) => state === "ERROR" && responseStatus === 500),
  ).toBe(true);

  await backends.qstash.close();
  const { messages: unknown, attempts, cause } = await storyOf(id);
  expect(unknown).toEqual({ available: false, events: [] });
  expect(attempts.length).toBeGreaterThan(0);
  expect(cause.taskId).toBe(id);
  await expect(sweepTasks()).rejects.toThrow();
});
