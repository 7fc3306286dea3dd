import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as close } from "@/app/api/admin/alerts/[id]/close/route";
import { GET as alerts } from "@/app/api/admin/alerts/route";
import { GET as tasks } from "@/app/api/admin/tasks/route";
import { GET as totals } from "@/app/api/analytics/totals/route";
import { POST as replay } from "@/app/api/tasks/[id]/replay/route";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import type { AlertPage } from "@/lib/ops";
import { type QueueOverview, raiseAlert, type TaskOverview } from "@/lib/tasks";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";

const DEALT_WITH = { reason: "dealt with" };

let admin: Caller;

beforeAll(async () => {
  admin = await createPerson("admin");
});
afterAll(async () => {
  await db().task.deleteMany({ where: { queue: { in: queues } } });
  await db().alert.deleteMany({ where: { subject: { in: subjects } } });
});

const queues: string[] = [];
const subjects: string[] = [];

/** A queue that no other test uses: other files' tasks are in the same table. */
function newQueue(): string {
  const queue = `test-${newId()}`;
  queues.push(queue);
  return queue;
}

function newSubject(): string {
  const subject = newId();
  subjects.push(subject);
  return subject;
}

async function addTask(
  queue: string,
  state: "pending" | "published" | "running" | "done" | "dead",
  notBefore?: Date,
) {
  const id = newId();
  const later = new Date(Date.now() + 86_400_000);
  const error = state === "dead" ? "Error: broken" : null;
  await db().task.create({
    data: {
      ...{ id, queue, key: id, version: 1, payload: {}, state, error },
      ...{ dueAt: later, deadlineAt: later, notBefore: notBefore ?? new Date() },
    },
  });
  return id;
}

const raise = (subject: string, message = "broken") =>
  transaction((tx) => raiseAlert(tx, { kind: "task_dead", subject, message }));
const alertOf = (subject: string) =>
  db().alert.findUniqueOrThrow({ where: { kind_subject: { kind: "task_dead", subject } } });

describe("GET /api/admin/tasks", () => {
  it("counts by queue and state; only tasks that are due count as waiting", async () => {
    const queue = newQueue();
    const since = new Date(Date.now() - 3_600_000);
    await addTask(queue, "pending", since);
    await addTask(queue, "published");
    await addTask(queue, "running", new Date(since.getTime() - 1));
    await addTask(queue, "done", new Date(since.getTime() - 1));
    await addTask(queue, "pending", new Date(Date.now() + 3_600_000));
    const delayed = newQueue();
    await addTask(delayed, "pending", new Date(Date.now() + 3_600_000));
    const { body } = await call(tasks, { as: admin });
    const found = (name: string) => body.queues.find((row: QueueOverview) => row.queue === name);
    expect(found(queue)).toEqual({
      queue,
      available: false,
      paused: null,
      counts: { pending: 2, published: 1, running: 1, done: 1, dead: 0, cancelled: 0 },
      oldestWaitingAt: since.toISOString(),
    });
    expect(found(delayed)).toMatchObject({ counts: { pending: 1 }, oldestWaitingAt: null });
    expect(found("payments")).toMatchObject({ available: true });
    expect(found("nft-minting")).toMatchObject({ available: false });
  });

  it("pages through the dead tasks, each once, with its error", async () => {
    const queue = newQueue();
    const mine: string[] = [];
    for (let index = 0; index < 5; index += 1) mine.unshift(await addTask(queue, "dead"));
    await addTask(queue, "done");
    const seen: TaskOverview["dead"]["items"] = [];
    let cursor: string | null = null;
    do {
      const query: string = `?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`;
      const { dead }: TaskOverview = (await call(tasks, { as: admin, query })).body;
      expect(dead.items.length).toBeLessThanOrEqual(2);
      seen.push(...dead.items.filter((task) => task.queue === queue));
      cursor = seen.length === mine.length ? null : dead.nextCursor;
    } while (cursor !== null);
    expect(seen.map(({ id }) => id)).toEqual(mine);
    expect(seen[0]).toMatchObject({ state: "dead", error: "Error: broken" });
  });
});

describe("alerts", () => {
  it("are listed while open, and open again when raised again", async () => {
    const subject = newSubject();
    const isListed = async () => {
      const { body } = await call(alerts, { as: admin, query: "?limit=50" });
      return (body as AlertPage).items.some((alert) => alert.subject === subject);
    };
    await raise(subject);
    const { id } = await alertOf(subject);
    expect(await isListed()).toBe(true);
    const response = await call(close, { as: admin, params: { id }, body: DEALT_WITH });
    expect(response).toMatchObject({
      status: 200,
      body: { alert: { id, subject, closedAt: expect.any(String) } },
    });
    expect(await isListed()).toBe(false);
    await raise(subject, "broken again");
    expect(await isListed()).toBe(true);
    expect(await alertOf(subject)).toMatchObject({ id, message: "broken again", closedAt: null });
  });

  it("closed several times, also concurrently, keep the first closing time", async () => {
    const subject = newSubject();
    await raise(subject);
    const { id } = await alertOf(subject);
    const closing = () => call(close, { as: admin, params: { id }, body: DEALT_WITH });
    const responses = await Promise.all([closing(), closing(), closing()]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    const closedAt = (await alertOf(subject)).closedAt;
    await closing();
    expect((await alertOf(subject)).closedAt).toEqual(closedAt);
  });

  it("with an unknown id are 404, with an invalid one or without a reason 400", async () => {
    expect((await call(close, { as: admin, params: { id: newId() }, body: DEALT_WITH })).status).toBe(404);
    expect((await call(close, { as: admin, params: { id: "1" }, body: DEALT_WITH })).status).toBe(400);
    expect((await call(close, { as: admin, params: { id: newId() }, body: {} })).status).toBe(400);
  });
});

it("an anonymous caller gets 401 and a user who is not an administrator 403, and nothing changes", async () => {
  const subject = newSubject();
  await raise(subject);
  const { id } = await alertOf(subject);
  const routes = [
    { handler: alerts, options: {} },
    { handler: tasks, options: {} },
    { handler: totals, options: { query: "?from=2026-01-01&to=2026-01-02" } },
    { handler: close, options: { params: { id }, body: DEALT_WITH } },
    { handler: replay, options: { method: "POST", params: { id: newId() } } },
  ];
  for (const { handler, options } of routes) {
    expect((await call(handler, options)).status).toBe(401);
    for (const role of ["listener", "artist"] as const) {
      expect((await call(handler, { ...options, as: await createPerson(role) })).status).toBe(403);
    }
  }
  expect((await alertOf(subject)).closedAt).toBeNull();
});

it.each([
  ["no range", ""],
  ["half a range", "?from=2026-01-01"],
  ["an invalid day", "?from=2026-02-30&to=2026-03-01"],
  ["a range that ends before it begins", "?from=2026-03-02&to=2026-03-01"],
  ["more than a year", "?from=2025-01-01&to=2026-03-01"],
])("totals: %s is 400", async (_, query) => {
  expect((await call(totals, { as: admin, query })).status).toBe(400);
});

it("returns totals of one day", async () => {
  const response = await call(totals, { as: admin, query: "?from=1801-01-01&to=1801-01-01" });
  expect(response).toMatchObject({ status: 200, body: { items: [] } });
});
