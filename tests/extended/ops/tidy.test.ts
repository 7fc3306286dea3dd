import { expect, it } from "vitest";
import { GET as tidy } from "@/app/api/cron/tidy/route";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { raiseAlert } from "@/lib/tasks";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";

const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);

it("expired rows are deleted after their retention time, and newer ones stay", async () => {
  const { userId } = await createPerson();
  const gone = newId();
  const rest = { userId, authenticatedAt: ago(90), lastSeenAt: ago(90), createdAt: ago(90) };
  const sessions = [31, 29, -1].map((days) => ({
    ...rest,
    id: newId(),
    tokenHash: newId(),
    expiresAt: ago(days),
  }));
  const tokens = [1, -1].map((days) => ({ hash: newId(), expiresAt: ago(days), createdAt: ago(2) }));
  const links = [31, 29].map((days) => ({
    id: newId(),
    userId,
    kind: "confirm_address" as const,
    email: "x@test.example",
    expiresAt: ago(days),
  }));
  await db().session.createMany({ data: sessions });
  await db().revokedToken.createMany({ data: tokens });
  await db().accountLink.createMany({ data: links });
  await db().idempotencyKey.createMany({
    // Several batches: one run of the tidy deletes them all.
    data: [...Array.from({ length: 5_500 }, () => 4), 2].map((days, index) => ({
      ...{ userId, scope: "post", key: `${days} days, ${index}`, fingerprint: "", resultId: newId() },
      createdAt: ago(days),
    })),
  });
  await db().sessionGeneration.createMany({
    data: [
      { userId: gone, generation: 1, changedAt: ago(61) },
      { userId, generation: 1, changedAt: ago(61) },
    ],
  });

  const response = await call(tidy, { headers: { authorization: `Bearer ${process.env.CRON_SECRET}` } });
  expect(response.status).toBe(200);
  expect(response.body).toMatchObject({
    sessions: expect.any(Number),
    tokens: expect.any(Number),
    links: expect.any(Number),
  });
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();
  expect(ids(await db().session.findMany({ where: { userId } }))).toEqual(ids(sessions.slice(1)));
  expect(
    (await db().revokedToken.findMany({ where: { hash: { in: tokens.map(({ hash }) => hash) } } })).map(
      ({ hash }) => hash,
    ),
  ).toEqual([tokens[1]?.hash]);
  expect(ids(await db().accountLink.findMany({ where: { userId } }))).toEqual(ids(links.slice(1)));
  expect(await db().idempotencyKey.findMany({ where: { userId }, select: { key: true } })).toEqual([
    { key: "2 days, 5500" },
  ]);
  expect(await db().sessionGeneration.count({ where: { userId: { in: [gone, userId] } } })).toBe(1);
});

it("finished tasks, closed alerts and reports, events and orders that were never paid go after their retention", async () => {
  const { userId } = await createPerson();
  const task = (days: number | null, state: "done" | "cancelled" | "dead" | "pending") => ({
    ...{ id: newId(), queue: "tidy-test", key: newId(), version: 1, payload: {}, state },
    ...{ finishedAt: days === null ? null : ago(days), dueAt: ago(-1), deadlineAt: ago(-2) },
  });
  const tasks = [
    task(91, "done"),
    task(91, "cancelled"),
    task(89, "done"),
    task(91, "dead"),
    task(null, "pending"),
  ];
  const alert = (days: number | null) => ({
    ...{ id: newId(), kind: "tidy-test", subject: newId(), message: "x", createdAt: ago(300) },
    closedAt: days === null ? null : ago(days),
  });
  const alerts = [alert(181), alert(179), alert(null)];
  const events = [401, 399].map((days) => ({
    id: newId(),
    name: "x",
    properties: {},
    at: ago(days),
    userId,
  }));
  const receipts = [91, 89].map((days) => ({ id: `evt_${newId()}`, type: "x", receivedAt: ago(days) }));
  const order = (days: number, more: object = {}) => ({
    ...{
      id: newId(),
      buyerId: userId,
      kind: "ticket" as const,
      title: "T",
      quantity: 1,
      unitPriceMinor: 100,
    },
    ...{
      amountMinor: 100,
      currency: "EUR",
      locale: "en",
      status: "failed" as const,
      closedAt: ago(days),
      ...more,
    },
  });
  const orders = [
    order(91),
    order(89),
    // Money is or may be involved.
    order(91, { paidAt: ago(95), status: "refunded" as const }),
    order(91, { checkoutUrl: "https://pay.example/open" }),
    order(91, { paymentIntentId: `pi_${newId()}` }),
    order(91, { status: "pending" as const, closedAt: null }),
  ];
  const reports = [91, 89, null].map((days) => ({
    ...{ id: newId(), target: "person" as const, targetId: newId(), reason: "spam" as const, text: "" },
    ...(days === null ? {} : { state: "resolved" as const, closedAt: ago(days) }),
  }));
  await db().report.createMany({ data: reports });
  await db().task.createMany({ data: tasks });
  await db().alert.createMany({ data: alerts });
  await db().analyticsEvent.createMany({ data: events });
  await db().paymentEvent.createMany({ data: receipts });
  await db().order.createMany({ data: orders });

  await call(tidy, { headers: { authorization: `Bearer ${process.env.CRON_SECRET}` } });
  const remaining = async (rows: { id: string }[], find: (ids: string[]) => Promise<{ id: string }[]>) => {
    const left = new Set((await find(rows.map(({ id }) => id))).map(({ id }) => id));
    return rows.map(({ id }) => left.has(id));
  };
  const where = (ids: string[]) => ({ where: { id: { in: ids } }, select: { id: true } });
  expect(await remaining(tasks, (ids) => db().task.findMany(where(ids)))).toEqual([
    false,
    false,
    true,
    true,
    true,
  ]);
  expect(await remaining(alerts, (ids) => db().alert.findMany(where(ids)))).toEqual([false, true, true]);
  expect(await remaining(reports, (ids) => db().report.findMany(where(ids)))).toEqual([false, true, true]);
  await db().report.deleteMany({ where: { id: { in: reports.map(({ id }) => id) } } });
  expect(await remaining(events, (ids) => db().analyticsEvent.findMany(where(ids)))).toEqual([false, true]);
  expect(await remaining(receipts, (ids) => db().paymentEvent.findMany(where(ids)))).toEqual([false, true]);
  const kept = [false, true, true, true, true, true];
  expect(await remaining(orders, (ids) => db().order.findMany(where(ids)))).toEqual(kept);
  await db().task.deleteMany({ where: { queue: "tidy-test" } });
  await db().alert.deleteMany({ where: { kind: "tidy-test" } });
});

it("a backlog larger than a batch goes in one run", async () => {
  const { userId } = await createPerson();
  const rest = {
    userId,
    authenticatedAt: ago(90),
    lastSeenAt: ago(90),
    createdAt: ago(90),
    expiresAt: ago(40),
  };
  const data = Array.from({ length: 2_500 }, () => ({ ...rest, id: newId(), tokenHash: newId() }));
  await db().session.createMany({ data });
  await call(tidy, { headers: { authorization: `Bearer ${process.env.CRON_SECRET}` } });
  expect(await db().session.count({ where: { userId } })).toBe(0);
});

it("an undeliverable farewell mail keeps the address of an erased account for a month", async () => {
  const email = `gone-${newId()}@test.example`;
  const payload = {
    to: { address: email },
    locale: "en",
    template: "account-deleted",
    props: { name: email },
  };
  const { userId } = await createPerson();
  const dead = ([days, ownerId]: [number, string | null]) => ({
    ...{ id: newId(), queue: "emails", key: newId(), version: 1, payload, state: "dead" as const, ownerId },
    ...{ finishedAt: ago(days), dueAt: ago(days), deadlineAt: ago(days) },
  });
  const [old, recent, owned] = [dead([31, null]), dead([29, null]), dead([31, userId])];
  await db().task.createMany({ data: [old, recent, owned] });
  await transaction((tx) => raiseAlert(tx, { kind: "task_dead", subject: old.id, message: "x" }));

  const response = await call(tidy, { headers: { authorization: `Bearer ${process.env.CRON_SECRET}` } });
  expect(response.body.tasks).toBeGreaterThanOrEqual(1);
  const stateOf = ({ id }: { id: string }) => db().task.findUniqueOrThrow({ where: { id } });
  expect(await stateOf(old)).toMatchObject({ state: "cancelled", payload: {} });
  expect(await stateOf(recent)).toMatchObject({ state: "dead", payload });
  expect(await stateOf(owned)).toMatchObject({ state: "dead", payload });
  expect(await db().alert.findFirst({ where: { subject: old.id } })).toMatchObject({
    closedAt: expect.any(Date),
  });
  await db().task.deleteMany({ where: { id: { in: [old.id, recent.id, owned.id] } } });
  await db().alert.deleteMany({ where: { subject: old.id } });
});
