import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { GET as overview } from "@/app/api/admin/overview/route";
import { POST as pause } from "@/app/api/admin/queues/[queue]/pause/route";
import { POST as resume } from "@/app/api/admin/queues/[queue]/resume/route";
import { GET as schedules } from "@/app/api/admin/schedules/route";
import { POST as cancel } from "@/app/api/admin/tasks/[id]/cancel/route";
import { POST as retry } from "@/app/api/admin/tasks/[id]/retry/route";
import { GET as story } from "@/app/api/admin/tasks/[id]/route";
import { POST as cancelBatch } from "@/app/api/admin/tasks/cancel/route";
import { GET as preview, POST as redrive } from "@/app/api/admin/tasks/redrive/route";
import { GET as list } from "@/app/api/admin/tasks/route";
import { GET as search } from "@/app/api/admin/tasks/search/route";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb, type Prisma, transaction } from "@/lib/db";
import { type ListedTask, type QueueOverview, raiseAlert } from "@/lib/tasks";
import { call } from "@/tests/support/clients/call";
import { createPerson, createTestPost } from "@/tests/support/factories/people";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";

/** What operators do with tasks over the API. Nothing is served at APP_URL, so QStash delivers nothing. */
const backends = await startIsolatedBackends();
let admin: Caller;
beforeAll(async () => {
  admin = await createPerson("admin");
});
afterEach(waitForDeferredWork);
afterAll(async () => {
  await disconnectDb();
  await backends.stop();
});

const later = new Date(Date.now() + 86_400_000);

async function addTask(task: Partial<Prisma.TaskCreateManyInput> = {}): Promise<string> {
  const id = newId();
  await db().task.create({
    data: {
      ...{ id, queue: "leaderboards", key: id, version: 1, payload: { orderId: newId() } },
      ...{ dueAt: later, deadlineAt: later, notBefore: later },
      ...task,
    },
  });
  return id;
}

const rowOf = (id: string) => db().task.findUniqueOrThrow({ where: { id } });
const lastAudit = (subject: string) =>
  db().auditEntry.findFirst({ where: { subject }, orderBy: { id: "desc" } });

describe("retry", () => {
  const retryTask = (id: string, body: object) => call(retry, { as: admin, params: { id }, body });

  it("needs a reason, which is in the audit log", async () => {
    const id = await addTask({ state: "dead", error: "Error: broken" });
    for (const reason of [undefined, "", "  ", "x".repeat(301)])
      expect((await retryTask(id, { reason })).status).toBe(400);
    expect((await rowOf(id)).state).toBe("dead");
    expect((await retryTask(id, { reason: "the provider is back" })).status).toBe(200);
    expect(await lastAudit(`task:${id}`)).toMatchObject({
      action: "task_replayed",
      actorId: admin.userId,
      data: { reason: "the provider is back", queue: "leaderboards" },
    });
    const { body } = await call(story, { as: admin, params: { id } });
    expect(body.audit).toMatchObject([{ action: "task_replayed", reason: "the provider is back" }]);
  });

  it("with another payload replaces it, as the queue's schema parses it", async () => {
    const id = await addTask({ state: "dead", version: 0 });
    const reason = "the order was wrong";
    const invalid = await retryTask(id, { reason, payload: { orderId: "17" } });
    expect(invalid).toMatchObject({ status: 400, body: { error: { details: [{ path: "orderId" }] } } });
    expect(await rowOf(id)).toMatchObject({ state: "dead", version: 0 });
    const orderId = newId();
    expect((await retryTask(id, { reason, payload: { orderId, more: 1 } })).status).toBe(200);
    expect(await rowOf(id)).toMatchObject({ version: 1, payload: { orderId }, generation: 2 });
    expect(await lastAudit(`task:${id}`)).toMatchObject({ action: "task_edited", data: { reason } });
    // It is not dead any more.
    expect((await retryTask(id, { reason, payload: { orderId: newId() } })).status).toBe(409);
    expect(await rowOf(id)).toMatchObject({ payload: { orderId } });
  });

  it("does not edit a mail, whose payload operators do not see", async () => {
    const payload = { to: { address: "a@test.example" }, locale: "en", template: "plain", props: {} };
    const id = await addTask({ state: "dead", queue: "emails", payload });
    expect((await call(story, { as: admin, params: { id } })).body.payload).toBeNull();
    const edited = await retryTask(id, { reason: "new address", payload: { ...payload, locale: "ru" } });
    expect(edited.status).toBe(409);
    expect(await rowOf(id)).toMatchObject({ state: "dead", payload });
  });
});

it("a task is cancelled with a reason", async () => {
  const payload = { to: { address: "a@test.example" }, locale: "en", template: "plain", props: {} };
  const id = await addTask({ queue: "emails", payload });
  const { status } = await call(cancel, { as: admin, params: { id }, body: { reason: "sent by hand" } });
  expect(status).toBe(200);
  expect((await rowOf(id)).state).toBe("cancelled");
  expect(await lastAudit(`task:${id}`)).toMatchObject({
    action: "task_cancelled",
    data: { reason: "sent by hand" },
  });
});

describe("a dead task", () => {
  const raiseFor = (id: string) =>
    transaction((tx) => raiseAlert(tx, { kind: "task_dead", subject: id, message: "broken" }));
  const openAlerts = (ids: string[]) => db().alert.count({ where: { subject: { in: ids }, closedAt: null } });

  it("is cancelled with a reason, whatever its queue, and its alert is closed", async () => {
    const payload = { to: { address: "a@test.example" }, locale: "en", template: "plain", props: {} };
    const id = await addTask({ state: "dead", queue: "emails", error: "Error: broken", payload });
    const ofOldQueue = await addTask({ state: "dead", queue: "of-an-older-version" });
    await raiseFor(id);
    for (const task of [id, ofOldQueue]) {
      const { status, body } = await call(cancel, {
        ...{ as: admin, params: { id: task }, body: { reason: "settled by hand" } },
      });
      expect([status, body.task?.state]).toEqual([200, "cancelled"]);
    }
    // The mail's contents are of no use any more.
    expect(await rowOf(id)).toMatchObject({ state: "cancelled", payload: {}, finishedAt: expect.any(Date) });
    expect(await openAlerts([id])).toBe(0);
    expect(await lastAudit(`task:${id}`)).toMatchObject({
      action: "task_cancelled",
      data: { reason: "settled by hand", queue: "emails", was: "dead" },
    });
    expect((await call(retry, { as: admin, params: { id }, body: { reason: "again" } })).status).toBe(409);
  });

  it("is cancelled with all others of a filter, batch by batch, and each by one of two operators", async () => {
    const error = `Error: ${newId()}`;
    const ids: string[] = [];
    for (let count = 0; count < 103; count += 1) ids.push(await addTask({ state: "dead", error }));
    const alive = await addTask({ state: "published", error });
    await raiseFor(ids[0] ?? "");
    const cancelAll = async () => {
      let [cancelled, cursor]: [number, string | null] = [0, null];
      do {
        const body: Record<string, string> = {
          error,
          reason: "settled by hand",
          ...(cursor ? { cursor } : {}),
        };
        const batch = (await call(cancelBatch, { as: admin, body })).body;
        cancelled += batch.cancelled;
        cursor = batch.nextCursor;
      } while (cursor);
      return cancelled;
    };
    const both = await Promise.all([cancelAll(), cancelAll()]);
    expect(both[0] + both[1]).toBe(103);
    expect(await db().task.count({ where: { error, state: "cancelled" } })).toBe(103);
    expect((await rowOf(alive)).state).toBe("published");
    expect(await openAlerts(ids)).toBe(0);
    const audited = await db().auditEntry.findMany({ where: { action: "tasks_cancelled" } });
    const counts = audited.map(({ data }) => (data as { cancelled: number }).cancelled);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(103);
  });
});

describe("pause", () => {
  const act = (route: typeof pause, queue: string, reason = "a test") =>
    call(route, { as: admin, params: { queue }, body: { reason } });
  const pausedOf = async (queue: string) => {
    const { queues } = (await call(list, { as: admin })).body as { queues: QueueOverview[] };
    return queues.find((row) => row.queue === queue)?.paused;
  };

  it("shows on both overviews, and again is the first one", async () => {
    expect((await act(pause, "emails", "the provider refuses us")).status).toBe(200);
    expect((await act(pause, "emails", "again")).body.pause.reason).toBe("the provider refuses us");
    expect(await pausedOf("emails")).toMatchObject({ reason: "the provider refuses us" });
    const { body } = await call(overview, { as: admin });
    expect(body.troubles).toContain("queues_paused");
    expect(body.business.pausedQueues).toEqual(["emails"]);
    const payload = { to: { address: "a@test.example" }, locale: "en", template: "plain", props: {} };
    const id = await addTask({ queue: "emails", payload });
    const { paused, next } = (await call(story, { as: admin, params: { id } })).body;
    expect(paused).toMatchObject({ queue: "emails" });
    expect(next.map(({ kind }: { kind: string }) => kind)).toEqual(["starts"]);
    for (let repeat = 0; repeat < 2; repeat += 1) expect((await act(resume, "emails")).status).toBe(200);
    expect(await pausedOf("emails")).toBeNull();
    expect(
      await db().auditEntry.count({ where: { subject: "queue:emails", action: { startsWith: "queue_" } } }),
    ).toBe(2);
  });

  it("is for queues that exist and have rows, and for administrators who have just signed in", async () => {
    expect((await act(pause, "no-such-queue")).status).toBe(404);
    expect((await act(pause, "analytics")).status).toBe(409);
    for (const role of ["listener", "artist"] as const) {
      const as = await createPerson(role);
      expect((await call(pause, { as, params: { queue: "emails" }, body: { reason: "x" } })).status).toBe(
        403,
      );
    }
    expect(await db().queuePause.count()).toBe(0);
  });
});

describe("search", () => {
  const find = async (query: string) => {
    const { status, body } = await call(search, { as: admin, query });
    expect(status).toBe(200);
    return (body.items as ListedTask[]).map(({ id }) => id);
  };

  it("finds by person, order, error and time, in any combination, page by page", async () => {
    const owner = await createPerson();
    const [orderId, marker] = [newId(), newId()];
    const a = await addTask({ ownerId: owner.userId, error: `Error: 50% of_${marker}`, state: "published" });
    const b = await addTask({ subject: `order:${orderId}`, state: "done" });
    const c = await addTask({ queue: "bot-tidying", ownerId: owner.userId, state: "cancelled" });
    expect(await find(`?about=${owner.userId}`)).toEqual([c, a]);
    expect(await find(`?about=${orderId}`)).toEqual([b]);
    expect(await find(`?about=${b}`)).toEqual([b]);
    expect(await find(`?owner=${owner.userId}&queue=bot-tidying`)).toEqual([c]);
    expect(await find(`?error=${encodeURIComponent(`50% OF_${marker}`)}`)).toEqual([a]);
    expect(await find(`?error=${encodeURIComponent(`50%_${marker}`)}`)).toEqual([]);
    expect(await find(`?error=${marker}&state=dead`)).toEqual([]);
    const since = new Date(Date.now() - 60_000).toISOString();
    const before = new Date(Date.now() + 60_000).toISOString();
    expect((await find(`?from=${since}&to=${before}`)).slice(0, 3)).toEqual([c, b, a]);
    expect(await find(`?from=${before}`)).toEqual([]);
    const firstPage = await find("?limit=2");
    expect(firstPage).toEqual([c, b]);
    expect((await find(`?limit=2&cursor=${b}`))[0]).toBe(a);
  });

  it("finds a post's tasks: of its mint and of its files", async () => {
    const artist = await createPerson("artist");
    const [sound, other] = [newId(), newId()];
    await db().mediaFile.createMany({
      data: [sound, other].map((id) => ({
        ...{ id, ownerId: artist.userId, name: "a.wav", type: "audio/wav", bytes: 1 },
        pathname: `media/${id}`,
      })),
    });
    const post = await createTestPost(artist);
    await db().post.update({ where: { id: post }, data: { audioFileId: sound } });
    const [ofSound, ofMint] = [
      await addTask({ queue: "audio-transcoding", subject: `file:${sound}` }),
      await addTask({ queue: "nft-minting", subject: `mint:${post}` }),
    ];
    const ofOther = await addTask({ queue: "audio-transcoding", subject: `file:${other}` });
    expect(await find(`?about=${post}`)).toEqual([ofMint, ofSound]);
    expect(await find(`?about=${other}`)).toEqual([ofOther]);
  });

  it("of an error that very many tasks have finds the newest", async () => {
    const marker = newId();
    await db().task.createMany({
      data: Array.from({ length: 1_100 }, () => {
        const id = newId();
        return {
          ...{ id, queue: "leaderboards", key: id, version: 1, payload: {}, state: "dead" as const },
          ...{ error: `Error: ${marker}`, dueAt: later, deadlineAt: later },
        };
      }),
    });
    const newest = await addTask({ queue: "payments", error: `Error: ${marker}`, state: "published" });
    expect((await find(`?error=${marker}&limit=5`))[0]).toBe(newest);
    const { body } = await call(preview, { as: admin, query: `?error=${marker}` });
    expect(body.matching).toBe(1_100);
    expect(body.sample).toHaveLength(5);
    const { queues } = (await call(list, { as: admin })).body as { queues: QueueOverview[] };
    // More are not counted.
    expect(queues.find(({ queue }) => queue === "leaderboards")?.counts.dead).toBe(1_000);
    await db().task.deleteMany({ where: { error: `Error: ${marker}` } });
  });
});

it("a redrive goes batch by batch, and stops when it is not called again", async () => {
  const error = `Error: ${newId()}`;
  for (let count = 0; count < 103; count += 1) await addTask({ state: "dead", error });
  const batch = (cursor?: string) =>
    call(redrive, { as: admin, body: { error, reason: "fixed", ...(cursor ? { cursor } : {}) } });
  const first = (await batch()).body;
  expect(first).toMatchObject({ revived: 100, seen: 100, nextCursor: expect.any(String) });
  expect(await db().task.count({ where: { error, state: "dead" } })).toBe(3);
  expect((await batch(first.nextCursor)).body).toEqual({ revived: 3, seen: 3, nextCursor: null });
  expect((await batch()).body).toEqual({ revived: 0, seen: 0, nextCursor: null });
});

it("schedules are QStash's, and answers come without QStash", async () => {
  const { status, body } = await call(schedules, { as: admin });
  expect(status).toBe(200);
  expect(body.qstash).toEqual([]);
  expect(body.calls).toContainEqual({
    path: "/api/cron/sweep-tasks",
    lastSuccessAt: null,
    lastFailureAt: null,
  });
  await backends.qstash.close();
  expect((await call(schedules, { as: admin })).body.qstash).toBeNull();
});
