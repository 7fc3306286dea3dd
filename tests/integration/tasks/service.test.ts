import { Client } from "@upstash/qstash";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { GET as sweepCron } from "@/app/api/cron/sweep-tasks/route";
import { POST as replay } from "@/app/api/tasks/[id]/replay/route";
import { DELETE as cancel, GET as readTask } from "@/app/api/tasks/[id]/route";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { AppError } from "@/lib/core/errors";
import { createRoute } from "@/lib/core/http";
import { newId } from "@/lib/core/ids";
import { log } from "@/lib/core/log";
import { currentLogIds, currentTraceparent, getTraceId } from "@/lib/core/trace";
import { db, disconnectDb, type Transaction, transaction } from "@/lib/db";
import { taskSchema } from "@/lib/schemas/task";
import {
  backgroundTaskService,
  defineTask,
  type EnqueueOptions,
  enqueue,
  LeaseLostError,
  listTasksBySubject,
  NonRetryableTaskError,
  type PayloadInput,
  qstash,
  sweepTasks,
} from "@/lib/tasks";
import { replaceHandler } from "@/lib/tasks/registry";
import { call } from "@/tests/support/clients/call";
import { deliver, deliverTask, signDelivery } from "@/tests/support/clients/signed-delivery";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import {
  createPayment,
  createPaymentTables,
  handlePaymentTasks,
  paymentTask,
  QUEUE,
} from "@/tests/support/factories/test-payments";
import { serveApp } from "@/tests/support/processes/app-server";
import type { RouteServer } from "@/tests/support/processes/route-server";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";

/** Contracts of lib/tasks that the fault suite does not cover (tests/faults/tasks/*.test.ts). */

// Small, because tests wait until QStash has given up.
const backends = await startIsolatedBackends({ retryScale: 0.0001 });
let app: RouteServer;
let owner: Caller;
let stranger: Caller;
let admin: Caller;

beforeAll(async () => {
  app = await serveApp(backends.appPort);
  await createPaymentTables();
  admin = await createPerson("admin");
  [owner, stranger] = await createPeople(2);
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
  vi.restoreAllMocks();
  await waitForDeferredWork();
});

type Handler = Parameters<ReturnType<typeof defineTask<"notifications">>>[0];

/** Replaces the handler until the end of the test. */
function handleNotifications(handler: Partial<Handler>): void {
  restores.push(
    replaceHandler("notifications", defineTask<"notifications">()({ commit: async () => {}, ...handler })),
  );
}

/** Handles notifications by counting. @returns how often a task has committed */
function countRuns(): (taskId: string) => number {
  const runs: string[] = [];
  handleNotifications({
    commit: async (_, __, { taskId }) => {
      runs.push(taskId);
    },
  });
  return (taskId) => runs.filter((id) => id === taskId).length;
}

const notification = (userId = owner.userId): PayloadInput<"notifications"> => ({
  userId,
  kind: "general",
  title: "Hello",
  message: "World",
});

const enqueueOne = (options: Partial<EnqueueOptions> = {}) =>
  transaction((tx) =>
    enqueue(tx, "notifications", notification(), { key: newId(), ownerId: owner.userId, ...options }),
  );

/** A task that was not published, so that only the test's deliveries arrive. */
async function unpublished(options: Partial<EnqueueOptions> = {}): Promise<string> {
  const { id } = await db().$transaction((tx) =>
    enqueue(tx, "notifications", notification(), { key: newId(), ownerId: owner.userId, ...options }),
  );
  return id;
}

const row = (id: string) => db().task.findUniqueOrThrow({ where: { id } });
const waitForState = (id: string, state: string) =>
  waitUntil(`the task is ${state}`, async () => (await row(id)).state === state);
const fetchTask = (id: string, as: Caller) => call(readTask, { params: { id }, as });
const cancelTask = (id: string, as: Caller, body?: unknown) =>
  call(cancel, { params: { id }, as, body, method: "DELETE" });
const replayTask = (id: string, as: Caller, body?: unknown) =>
  call(replay, { params: { id }, as, body, method: "POST" });
const auditData = async (id: string) =>
  (await db().auditEntry.findMany({ where: { subject: `task:${id}` }, orderBy: { id: "asc" } })).map(
    ({ data }) => data,
  );
const openAlerts = (subject: string) => db().alert.count({ where: { subject, closedAt: null } });

/** A promise and a function that resolves it. */
function gate(): { passed: Promise<void>; open(): void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

describe("enqueue", () => {
  it("twice with one key makes one task, the first; another queue's key is another task", async () => {
    const key = newId();
    const first = await db().$transaction((tx) => enqueue(tx, "notifications", notification(), { key }));
    const again = await db().$transaction((tx) =>
      enqueue(tx, "notifications", { ...notification(), title: "Other" }, { key, subject: "other" }),
    );
    expect(again).toEqual({ id: first.id, created: false });
    expect(await row(first.id)).toMatchObject({ payload: { title: "Hello" }, subject: null, generation: 1 });

    const orderId = newId();
    const otherQueue = await transaction((tx) => enqueue(tx, "leaderboards", { orderId }, { key }));
    expect(otherQueue.created).toBe(true);
  });

  it("concurrently in separate transactions also makes one task", async () => {
    const key = newId();
    const all = await Promise.all(Array.from({ length: 8 }, () => enqueueOne({ key })));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(all.filter(({ created }) => created)).toHaveLength(1);
  });

  it("again after the task is done does not run it again", async () => {
    const runs = countRuns();
    const key = newId();
    const { id } = await enqueueOne({ key });
    await waitForState(id, "done");
    expect(await enqueueOne({ key })).toEqual({ id, created: false });
    await waitForDeferredWork();
    expect(await row(id)).toMatchObject({ state: "done", generation: 1 });
    expect(runs(id)).toBe(1);
  });

  it("rejects an invalid payload field by field, writes nothing, and keeps the transaction usable", async () => {
    const before = await db().task.count();
    const bad = { userId: "nobody", kind: "", title: "x".repeat(201) };
    const kept = newId();
    await transaction(async (tx) => {
      const failure = await enqueue(tx, "notifications", bad, { key: newId() }).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(AppError);
      expect(failure).toMatchObject({ code: "bad_request", status: 400 });
      const { details } = failure as AppError;
      expect(details?.map(({ path }) => path)).toEqual(["userId", "kind", "title"]);
      await enqueue(tx, "notifications", notification(), { key: kept });
    });
    expect(await db().task.count()).toBe(before + 1);
  });

  it("rejects text that Postgres cannot store before Postgres does", async () => {
    const message = "half a pair: \ud800";
    const data = { deep: [{ note: "NUL: \0" }] };
    await transaction(async (tx) => {
      await expect(
        enqueue(tx, "notifications", { ...notification(), message, data }, { key: newId() }),
      ).rejects.toMatchObject({
        code: "bad_request",
        details: [{ path: "message" }, { path: "data.deep.0.note" }],
      });
      // A failed statement would have aborted the transaction.
      await enqueue(tx, "notifications", { ...notification(), message: "\\u0000 🎧" }, { key: newId() });
    });
  });

  it.each([
    ["an empty key", { key: "" }],
    ["a key that is too long", { key: "k".repeat(201) }],
    ["a delay of more than a week", { delaySeconds: 7 * 86_400 + 1 }],
    ["a negative delay", { delaySeconds: -1 }],
  ])("rejects %s before anything is written", async (_, options) => {
    const before = await db().task.count();
    await expect(enqueueOne(options)).rejects.toThrow();
    expect(await db().task.count()).toBe(before);
  });

  it("tasks are found by their subject, oldest first", async () => {
    const subject = `order:${newId()}`;
    const ids = [
      await unpublished({ subject }),
      await unpublished({ subject }),
      await unpublished({ subject }),
    ];
    await unpublished({ subject: `order:${newId()}` });
    expect((await listTasksBySubject(subject)).map(({ id }) => id)).toEqual(ids);
  });
});

describe("unavailable queues", () => {
  const fileId = newId();
  const calls: [string, () => Promise<string>][] = [
    [
      "transcodeAudio without a transcoder",
      async () => {
        process.env.BUILT_WITH_TRANSCODER = "no";
        try {
          return await backgroundTaskService.transcodeAudio({ fileId, formats: ["mp3"] });
        } finally {
          delete process.env.BUILT_WITH_TRANSCODER;
        }
      },
    ],
    ["mintNft", () => backgroundTaskService.mintNft({ postId: fileId, ownerAddress: "a", metadata: {} })],
  ];

  it.each(calls)("reject %s and write nothing", async (_, enqueueUnavailable) => {
    const before = await db().task.count();
    await expect(enqueueUnavailable()).rejects.toMatchObject({ code: "not_available", status: 501 });
    expect(await db().task.count()).toBe(before);
  });

  it("make a route respond 501 not_available in the standard body, in two languages", async () => {
    const route = createRoute({ authenticate: async () => null })(
      { summary: "Test", auth: "public", response: z.object({ id: z.string() }) },
      async () => ({
        id: await backgroundTaskService.mintNft({ postId: fileId, ownerAddress: "a", metadata: {} }),
      }),
    );
    for (const language of ["en", "ru"]) {
      const response = await call(route, { headers: { "accept-language": language } });
      expect(response).toMatchObject({ status: 501, body: { error: { code: "not_available" } } });
      expect(/\p{Script=Cyrillic}/u.test(response.body.error.message)).toBe(language === "ru");
    }
  });

  it("send their messages to the dead letters", async () => {
    const body = JSON.stringify({ taskIds: [newId()] });
    expect((await deliver("nft-minting", body, await signDelivery("nft-minting", body))).status).toBe(489);
  });
});

describe("backgroundTaskService", () => {
  it("sendNotification creates a row in the user's list", async () => {
    const reader = await createPerson();
    const id = await backgroundTaskService.sendNotification(reader.userId, "Title", "Words");
    await waitForState(id, "done");
    expect(await db().notification.findMany({ where: { userId: reader.userId } })).toMatchObject([
      { kind: "general", title: "Title", message: "Words" },
    ]);
  });

  it("sendEmail sends a plain mail to an address, and rejects an invalid one", async () => {
    const id = await backgroundTaskService.sendEmail("a@test.example", "Subject", "Body", { locale: "en" });
    expect(await row(id)).toMatchObject({
      queue: "emails",
      payload: {
        to: { address: "a@test.example" },
        locale: "en",
        template: "plain",
        props: { subject: "Subject", body: "Body" },
      },
    });
    await expect(backgroundTaskService.sendEmail("nobody", "Subject", "Body")).rejects.toMatchObject({
      code: "bad_request",
      details: [{ path: "to.address" }],
    });
  });

  it("trackEvent counts through QStash without a Task row, and a loss does not fail the caller", async () => {
    const name = `test-${newId()}`;
    const before = await db().task.count();
    await backgroundTaskService.trackEvent(owner.userId, name, { from: "test" });
    await waitUntil(
      "the event is counted",
      async () => (await db().analyticsEvent.count({ where: { name } })) === 1,
    );
    expect(await db().task.count()).toBe(before);

    vi.spyOn(qstash(), "publishJSON").mockRejectedValueOnce(new Error("QStash is down"));
    await expect(backgroundTaskService.trackEvent(owner.userId, name)).resolves.toBeUndefined();
  });

  it("processPayment enqueues a task of the payments queue, one per key", async () => {
    const payload = { action: "check", orderId: newId(), round: 0 } as const;
    const options = { key: newId(), delaySeconds: 3_600 };
    const id = await backgroundTaskService.processPayment(payload, options);
    expect(await backgroundTaskService.processPayment(payload, options)).toBe(id);
    expect(await row(id)).toMatchObject({ queue: "payments", payload, version: 1 });
  });

  it("a task with { tx } commits with the change or not at all, and without it is refused", async () => {
    const reader = await createPerson();
    const count = () => db().task.count({ where: { ownerId: reader.userId } });
    const send = (tx?: Transaction) => {
      const options = { ownerId: reader.userId, delaySeconds: 3_600, ...(tx ? { tx } : {}) };
      return backgroundTaskService.sendNotification(reader.userId, "Title", "Words", options);
    };
    await expect(transaction(() => send())).rejects.toThrow("pass { tx }");
    const rollBack = transaction(async (tx) => {
      await send(tx);
      throw new Error("the change fails");
    });
    await expect(rollBack).rejects.toThrow("the change fails");
    expect(await count()).toBe(0);
    await transaction(send);
    await send();
    expect(await count()).toBe(2);
  });

  it("work that outlives its transaction may enqueue without { tx }", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const late = await transaction(async () => ({
      id: held.then(() => backgroundTaskService.sendNotification(newId(), "Late", "words")),
    }));
    release();
    expect(await row(await late.id)).toMatchObject({ queue: "notifications" });
  });

  it("without a key each call makes a separate task", async () => {
    const send = () => backgroundTaskService.sendNotification(newId(), "Same", "words");
    expect(await send()).not.toBe(await send());
  });
});

describe("delaySeconds", () => {
  it("is passed to QStash, and an early delivery gets 409 with Retry-After", async () => {
    const runs = countRuns();
    const { id } = await enqueueOne({ delaySeconds: 600 });
    await waitUntil("QStash has the message", async () => (await row(id)).state === "published");
    const { messageId } = await row(id);
    const message = await qstash().messages.get(messageId ?? "");
    expect((message.notBefore ?? 0) - message.createdAt).toBeGreaterThanOrEqual(600_000);

    const early = await deliverTask("notifications", id);
    expect(early.status).toBe(409);
    const wait = Number(early.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(600);
    expect(await row(id)).toMatchObject({ state: "published", attempts: 0 });
    expect(runs(id)).toBe(0);

    await db().$executeRaw`UPDATE "Task" SET "notBefore" = now() WHERE id = ${id}::uuid`;
    expect((await deliverTask("notifications", id)).status).toBe(200);
    expect(runs(id)).toBe(1);
  });

  it("is respected by the sweeper", async () => {
    const id = await unpublished({ delaySeconds: 600 });
    await sweepTasks();
    expect(await row(id)).toMatchObject({ state: "pending", generation: 1 });
  });

  it("a delivery during another attempt gets 409 with Retry-After", async () => {
    const [running, end] = [gate(), gate()];
    handleNotifications({
      prepare: async (payload) => {
        running.open();
        await end.passed;
        return payload;
      },
    });
    const id = await unpublished();
    const first = deliverTask("notifications", id);
    await running.passed;
    const second = await deliverTask("notifications", id);
    expect(second.status).toBe(409);
    expect(Number(second.headers.get("retry-after"))).toBeGreaterThan(1);
    end.open();
    expect((await first).status).toBe(200);
  });
});

describe("GET /api/tasks/{id}", () => {
  it("shows the owner and administrators the progress; to others the task does not exist", async () => {
    const [halfway, end] = [gate(), gate()];
    handleNotifications({
      prepare: async (payload, { reportProgress }) => {
        await reportProgress({ done: 1, total: 2, note: "half" });
        halfway.open();
        await end.passed;
        return payload;
      },
    });
    const id = await unpublished();
    expect((await fetchTask(id, owner)).body.task).toMatchObject({
      state: "pending",
      attempts: 0,
      progress: null,
    });
    const delivery = deliverTask("notifications", id);
    await halfway.passed;
    for (const caller of [owner, admin]) {
      const { status, body } = await fetchTask(id, caller);
      expect(status).toBe(200);
      expect(body.task).toMatchObject({
        ...{ id, queue: "notifications", state: "running", attempts: 1 },
        progress: { done: 1, total: 2, note: "half" },
      });
      // Never the payload, the trace or the key.
      expect(Object.keys(body.task).sort()).toEqual(Object.keys(taskSchema.shape).sort());
    }
    expect(await fetchTask(id, stranger)).toMatchObject({
      status: 404,
      body: { error: { code: "not_found" } },
    });
    expect((await call(readTask, { params: { id } })).status).toBe(401);
    expect((await fetchTask(newId(), admin)).status).toBe(404);
    expect((await fetchTask("no-id", admin)).status).toBe(400);
    end.open();
    await delivery;
    expect((await fetchTask(id, owner)).body.task).toMatchObject({ state: "done" });
  });

  it("a task without an owner is visible only to administrators", async () => {
    const { id } = await db().$transaction((tx) =>
      enqueue(tx, "notifications", notification(), { key: newId() }),
    );
    expect((await fetchTask(id, owner)).status).toBe(404);
    expect((await fetchTask(id, admin)).status).toBe(200);
  });

  it("shows the error only to administrators, also after a cancellation", async () => {
    handleNotifications({ prepare: () => Promise.reject(new Error("the inner workings")) });
    const id = await unpublished();
    expect((await deliverTask("notifications", id)).status).toBe(500);
    expect((await fetchTask(id, owner)).body.task.error).toBeNull();
    expect((await fetchTask(id, admin)).body.task.error).toContain("the inner workings");
    const { status, body } = await cancelTask(id, owner);
    expect([status, body.task.state, body.task.error]).toEqual([200, "cancelled", null]);
  });

  it("a handler's failure is 500 whatever its error code, and is retried", async () => {
    for (const code of ["conflict", "unauthenticated", "bad_request", "unavailable"] as const) {
      handleNotifications({ prepare: () => Promise.reject(new AppError(code)) });
      const id = await unpublished();
      expect((await deliverTask("notifications", id)).status).toBe(500);
      expect((await row(id)).state).toBe("published");
    }
  });

  it("returns the message id at QStash", async () => {
    const { id } = await enqueueOne({ delaySeconds: 600 });
    await waitUntil("QStash has the message", async () => (await row(id)).messageId !== null);
    const { messageId } = (await fetchTask(id, owner)).body.task;
    expect((await qstash().messages.get(messageId)).messageId).toBe(messageId);
  });
});

describe("progress", () => {
  it("extends the lease: a handler that reports progress is not overtaken", async () => {
    const leases: (number | undefined)[] = [];
    let overtaken: number | undefined;
    handleNotifications({
      prepare: async (payload, { taskId, reportProgress }) => {
        const leaseUntil = async () => (await row(taskId)).leaseUntil?.getTime();
        // Half a second of the lease is left.
        await db()
          .$executeRaw`UPDATE "Task" SET "leaseUntil" = now() + interval '500 milliseconds' WHERE id = ${taskId}::uuid`;
        leases.push(await leaseUntil());
        await reportProgress({ done: 1, total: 2 });
        leases.push(await leaseUntil());
        await waitUntil("the first lease would have ended", () => Date.now() > (leases[0] ?? 0));
        overtaken = (await deliverTask("notifications", taskId)).status;
        return payload;
      },
    });
    const id = await unpublished();
    expect((await deliverTask("notifications", id)).status).toBe(200);
    const [before = 0, after = 0] = leases;
    expect(after).toBeGreaterThan(before);
    expect(overtaken).toBe(409);
    expect(await row(id)).toMatchObject({ state: "done", attempts: 1, fence: 1 });
  });

  it("fails for a handler that was overtaken", async () => {
    const failures: unknown[] = [];
    let runs = 0;
    handleNotifications({
      prepare: async (payload, { taskId, reportProgress }) => {
        runs += 1;
        if (runs > 1) return payload;
        await db()
          .$executeRaw`UPDATE "Task" SET "leaseUntil" = now() - interval '1 second' WHERE id = ${taskId}::uuid`;
        expect((await deliverTask("notifications", taskId)).status).toBe(200);
        await reportProgress({ done: 1, total: 1 }).catch((error: unknown) => {
          failures.push(error);
          throw error;
        });
        return payload;
      },
    });
    const id = await unpublished();
    expect((await deliverTask("notifications", id)).status).toBe(409);
    expect(failures).toEqual([expect.any(LeaseLostError)]);
    expect(await row(id)).toMatchObject({ state: "done", progress: null, error: null, fence: 2 });
  });
});

describe("DELETE /api/tasks/{id}", () => {
  it.each(["progress", "commit"] as const)(
    "a running task stops at its next %s, and has no effect",
    async (stopsAt) => {
      const [running, resume] = [gate(), gate()];
      let continued = false;
      handleNotifications({
        prepare: async (payload, { reportProgress }) => {
          running.open();
          await resume.passed;
          if (stopsAt === "progress") await reportProgress({ done: 1, total: 2 });
          continued = true;
          return payload;
        },
        commit: async (tx, { userId }, { taskId }) => {
          await tx.notification.create({ data: { id: newId(), userId, kind: "general", key: taskId } });
        },
      });
      const id = await unpublished();
      const delivery = deliverTask("notifications", id);
      await running.passed;
      expect(await cancelTask(id, owner)).toMatchObject({
        status: 200,
        body: { task: { state: "cancelled" } },
      });
      resume.open();
      expect((await delivery).status).toBe(409);
      expect(continued).toBe(stopsAt === "commit");
      // QStash delivers again, and gets 200 because nothing is left to do.
      expect((await deliverTask("notifications", id)).status).toBe(200);
      expect(await db().notification.count({ where: { key: id } })).toBe(0);
      expect(await row(id)).toMatchObject({ state: "cancelled", attempts: 1 });
      expect(await openAlerts(id)).toBe(0);
    },
  );

  it("a waiting task never runs, and its message is cancelled", async () => {
    const { id } = await enqueueOne({ delaySeconds: 600 });
    await waitUntil("QStash has the message", async () => (await row(id)).state === "published");
    const { canceled } = backends.qstash.stats();
    expect((await cancelTask(id, admin)).status).toBe(200);
    expect(backends.qstash.stats().canceled).toBe(canceled + 1);
    await db().$executeRaw`UPDATE "Task" SET "dueAt" = now(), "notBefore" = now() WHERE id = ${id}::uuid`;
    await sweepTasks();
    expect(await row(id)).toMatchObject({ state: "cancelled", generation: 1, attempts: 0 });
  });

  it("records an administrator's reason, but nothing that its owner wrote", async () => {
    const queue = "notifications";
    const [first, second, third] = [await unpublished(), await unpublished(), await unpublished()];
    expect((await cancelTask(first, admin, { reason: " " })).status).toBe(400);
    expect((await cancelTask(first, admin, { reason: "sent by hand" })).status).toBe(200);
    expect(await auditData(first)).toEqual([{ queue, reason: "sent by hand" }]);
    expect((await cancelTask(second, owner, { reason: "my own" })).status).toBe(200);
    expect(await auditData(second)).toEqual([{ queue }]);
    expect((await cancelTask(third, admin, {})).status).toBe(200);
    expect(await auditData(third)).toEqual([{ queue }]);
  });

  it("another user's task: 404; a queue without cancellation: 409; a finished task: 409", async () => {
    const id = await unpublished();
    expect((await cancelTask(id, stranger)).status).toBe(404);
    expect((await row(id)).state).toBe("pending");

    const { id: money } = await db().$transaction((tx) =>
      enqueue(tx, QUEUE, { orderId: newId() }, { key: newId(), ownerId: owner.userId }),
    );
    for (const caller of [owner, admin]) {
      expect(await cancelTask(money, caller)).toMatchObject({
        status: 409,
        body: { error: { code: "conflict" } },
      });
    }
    expect((await row(money)).state).toBe("pending");

    handleNotifications({});
    await deliverTask("notifications", id);
    expect((await cancelTask(id, owner)).status).toBe(409);
    expect((await row(id)).state).toBe("done");
  });
});

describe("POST /api/tasks/{id}/replay", () => {
  it("an administrator replays a dead task: it runs, and its alert is closed", async () => {
    let broken = true;
    handleNotifications({
      prepare: async (payload) => {
        if (broken) throw new NonRetryableTaskError("not possible");
        return payload;
      },
    });
    const { id } = await enqueueOne();
    await waitForState(id, "dead");
    expect(await openAlerts(id)).toBe(1);
    const { deadlineAt } = await row(id);

    broken = false;
    for (const caller of [owner, stranger]) expect((await replayTask(id, caller)).status).toBe(403);
    expect((await replayTask(id, admin)).status).toBe(200);
    await waitForState(id, "done");
    expect(await row(id)).toMatchObject({ generation: 2, error: null });
    expect((await row(id)).deadlineAt.getTime()).toBeGreaterThan(deadlineAt.getTime());
    expect(await openAlerts(id)).toBe(0);

    expect(await replayTask(id, admin)).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });
    expect((await replayTask(newId(), admin)).status).toBe(404);
  });

  it("records the reason, if there is one", async () => {
    handleNotifications({ prepare: () => Promise.reject(new NonRetryableTaskError("never")) });
    const queue = "notifications";
    const [withReason, without] = [await enqueueOne(), await enqueueOne()];
    for (const { id } of [withReason, without]) await waitForState(id, "dead");
    expect((await replayTask(withReason.id, admin, { reason: "x".repeat(10_000) })).status).toBe(400);
    expect((await replayTask(withReason.id, admin, { reason: "the mail server is back" })).status).toBe(200);
    expect(await auditData(withReason.id)).toEqual([{ queue, reason: "the mail server is back" }]);
    // As clients that know of no body have called it, some of them with a content type.
    const headers = { "content-type": "application/json" };
    const { status } = await call(replay, { params: { id: without.id }, as: admin, method: "POST", headers });
    expect(status).toBe(200);
    expect(await auditData(without.id)).toEqual([{ queue }]);
  });

  it("a task that dies again has its alert open again", async () => {
    handleNotifications({ prepare: () => Promise.reject(new NonRetryableTaskError("never")) });
    const { id } = await enqueueOne();
    await waitForState(id, "dead");
    await replayTask(id, admin);
    await waitUntil(
      "the task is dead again",
      async () => (await row(id)).attempts === 2 && (await openAlerts(id)) === 1,
    );
    expect((await row(id)).state).toBe("dead");
    expect(await db().alert.count({ where: { subject: id } })).toBe(1);
  });

  it("an error text that Postgres cannot store does not keep the task alive", async () => {
    handleNotifications({ prepare: () => Promise.reject(new NonRetryableTaskError("answered: \0")) });
    const id = await unpublished();
    expect((await deliverTask("notifications", id)).status).toBe(489);
    expect(await row(id)).toMatchObject({ state: "dead", error: "answered: " });
    expect(await openAlerts(id)).toBe(1);
  });
});

describe("trace", () => {
  it("the enqueuing request's trace is in the handler, in what it enqueues, and in the log", async () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const traces: (string | undefined)[] = [];
    let following = "";
    handleNotifications({
      prepare: async (payload) => {
        traces.push(currentTraceparent());
        return payload;
      },
      commit: async (tx) => {
        traces.push(currentTraceparent());
        following = (await enqueue(tx, "notifications", notification(), { key: newId(), delaySeconds: 600 }))
          .id;
      },
    });
    const logged: { message: unknown; ids: object }[] = [];
    vi.spyOn(log(), "info").mockImplementation((_fields: unknown, message?: unknown) => {
      logged.push({ message, ids: currentLogIds() });
    });
    const route = createRoute({ authenticate: async () => null })(
      { summary: "Test", auth: "public", response: z.object({ id: z.uuid() }) },
      async () => ({ id: (await enqueueOne()).id }),
    );
    const { body, headers } = await call(route, {
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    });
    await waitForState(body.id, "done");
    expect(traces.map((trace) => getTraceId(trace ?? ""))).toEqual([traceId, traceId]);
    expect(getTraceId((await row(following)).trace ?? "")).toBe(traceId);
    const idsOf = (message: string) => logged.find((line) => line.message === message)?.ids;
    await waitUntil("the task's line is logged", () => idsOf("task done") !== undefined);
    expect(idsOf("request")).toEqual({ requestId: headers.get("x-request-id"), traceId });
    expect(idsOf("task done")).toMatchObject({ taskId: body.id, traceId });
  });
});

describe("POST /api/qstash/{queue}", () => {
  it("an unknown queue is 401 without a valid signature, and 404 with one", async () => {
    const body = JSON.stringify({ taskIds: [newId()] });
    expect((await deliver("nope", body)).status).toBe(401);
    expect((await deliver("nope", body, await signDelivery("nope", body))).status).toBe(404);
  });

  it("an unknown task, or one of another queue, is rejected permanently", async () => {
    expect((await deliverTask("notifications", newId())).status).toBe(489);
    const id = await unpublished();
    expect((await deliverTask("leaderboards", id)).status).toBe(489);
    expect(await row(id)).toMatchObject({ state: "pending", attempts: 0 });
  });
});

describe("dead letters", () => {
  const client = new Client({ baseUrl: backends.qstash.url, token: process.env.QSTASH_TOKEN ?? "" });
  const letters = async () => (await client.dlq.listMessages()).messages;
  const letterOf = async (text: string) => (await letters()).find(({ body }) => body?.includes(text));

  it("of a task without attempts left are collected and deleted, and the task runs again", async () => {
    let broken = true;
    handleNotifications({
      prepare: async (payload) => {
        if (broken) throw new Error("not now");
        return payload;
      },
    });
    // Collects those of earlier tests.
    await sweepTasks();
    const { id } = await enqueueOne();
    await waitUntil("QStash has given up", async () => (await letterOf(id)) !== undefined);
    const { attempts } = await row(id);
    expect(attempts).toBe(4);

    expect((await sweepTasks()).deadLetters).toBe(1);
    expect(await letterOf(id)).toBeUndefined();
    const waiting = await row(id);
    expect(waiting).toMatchObject({ state: "pending", generation: 1 });
    // It is due after a pause, not immediately.
    expect(waiting.dueAt.getTime()).toBeGreaterThan(Date.now());

    broken = false;
    await db().$executeRaw`UPDATE "Task" SET "dueAt" = now() WHERE id = ${id}::uuid`;
    expect((await sweepTasks()).republished).toBe(1);
    await waitForState(id, "done");
    expect(await row(id)).toMatchObject({ generation: 2, attempts: attempts + 1 });
    expect(await openAlerts(id)).toBe(0);
  });

  it("of an earlier message do not change the task", async () => {
    handleNotifications({ prepare: () => Promise.reject(new Error("not now")) });
    const { id } = await enqueueOne();
    await waitUntil("QStash has given up", async () => (await letterOf(id)) !== undefined);
    await db().$executeRaw`UPDATE "Task" SET "messageId" = 'another', state = 'published',
      "dueAt" = now() + interval '1 day' WHERE id = ${id}::uuid`;
    await sweepTasks();
    expect(await letterOf(id)).toBeUndefined();
    const { state, dueAt } = await row(id);
    expect(state).toBe("published");
    expect(dueAt.getTime()).toBeGreaterThan(Date.now() + 3_600_000);
  });

  it("of other deployments, unrelated messages and best-effort tasks are left alone", async () => {
    const { id } = await enqueueOne({ delaySeconds: 3_600 });
    await waitUntil("QStash has the message", async () => (await row(id)).state === "published");
    const before = await row(id);
    const otherUrl = `http://127.0.0.1:${backends.appPort}/elsewhere`;
    const marks = [newId(), newId(), newId()] as const;
    await Promise.all([
      // The same message, as another deployment on this account would send it.
      client.publishJSON({
        url: `${otherUrl}/api/qstash/notifications`,
        body: { taskIds: [id], mark: marks[0] },
        retries: 0,
      }),
      client.publishJSON({ url: otherUrl, body: { mark: marks[1] }, retries: 0 }),
      client.publishJSON({
        url: `${process.env.APP_URL}/api/qstash/probe`,
        body: { queue: "probe", version: 1, payload: { mark: marks[2] } },
        retries: 0,
      }),
    ]);
    for (const mark of marks)
      await waitUntil("the message is a dead letter", async () => (await letterOf(mark)) !== undefined);
    await sweepTasks();
    for (const mark of marks) expect(await letterOf(mark)).toBeDefined();
    expect(await row(id)).toMatchObject({ dueAt: before.dueAt, generation: 1 });
  });
});

describe("GET /api/cron/sweep-tasks", () => {
  it("is not blocked by tasks of queues that only another deployment knows", async () => {
    const queue = `test-${newId()}`;
    const long = new Date(Date.now() - 86_400_000);
    const deadlineAt = new Date(Date.now() + 86_400_000);
    await db().task.createMany({
      data: Array.from({ length: 100 }, () => ({
        ...{ id: newId(), queue, key: newId(), version: 1, payload: {} },
        ...{ notBefore: long, dueAt: long, deadlineAt },
      })),
    });
    handleNotifications({});
    const id = await unpublished();
    await db().$executeRaw`UPDATE "Task" SET "dueAt" = now() WHERE id = ${id}::uuid`;
    await sweepTasks();
    await waitForState(id, "done");
    expect(await db().task.count({ where: { queue, state: "pending", generation: 1 } })).toBe(100);
  });

  it("requires its secret, which no account replaces", async () => {
    const due = await createPayment("unpublished");
    await db().$executeRaw`UPDATE "Task" SET "dueAt" = now() WHERE key = ${due}`;
    const sweepWith = (authorization?: string) =>
      call(sweepCron, authorization === undefined ? {} : { headers: { authorization } });
    for (const rejected of [
      await sweepWith(),
      await sweepWith("Bearer wrong"),
      await sweepWith(`Basic ${process.env.CRON_SECRET}`),
      await call(sweepCron, { as: admin }),
    ]) {
      expect(rejected).toMatchObject({ status: 401, body: { error: { code: "unauthenticated" } } });
    }
    expect((await paymentTask(due))?.generation).toBe(1);

    restores.push(handlePaymentTasks());
    const swept = await sweepWith(`Bearer ${process.env.CRON_SECRET}`);
    expect(swept).toMatchObject({ status: 200, body: { republished: 1, expired: 0 } });
    await waitUntil("the task is done", async () => (await paymentTask(due))?.state === "done");
  });
});
