import { afterAll, beforeAll, expect, it } from "vitest";
import { GET as previewRoute, POST as redriveRoute } from "@/app/api/admin/tasks/redrive/route";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb } from "@/lib/db";
import type { RedriveBatch } from "@/lib/tasks";
import { type MailCatcher, startMailCatcher } from "@/local/smtp";
import { call } from "@/tests/support/clients/call";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createTestOrder } from "@/tests/support/factories/orders";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { createPaymentTables, handlePaymentTasks, QUEUE } from "@/tests/support/factories/test-payments";
import { serveApp } from "@/tests/support/processes/app-server";
import type { RouteServer } from "@/tests/support/processes/route-server";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/** 500 dead tasks of three kinds, redriven by two operators at once while QStash delivers. */
const backends = await startIsolatedBackends();
const catcher: MailCatcher = await startMailCatcher({ dataDir: null });
process.env.SMTP_URL = catcher.smtpUrl;
let app: RouteServer;
let admin: Caller;
let restoreHandler = () => {};
beforeAll(async () => {
  await createPaymentTables();
  restoreHandler = handlePaymentTasks();
  app = await serveApp(backends.appPort);
  admin = await createPerson("admin");
});
afterAll(async () => {
  restoreHandler();
  await waitForDeferredWork();
  await app.close();
  await catcher.close();
  await disconnectDb();
  await backends.stop();
});

const MARKER = `broken ${newId()}`;
const [GOODS, MAILS, BONUSES] = [250, 150, 100];

const later = new Date(Date.now() + 86_400_000);
const deadTask = (queue: string, payload: object, progress?: object) => {
  const id = newId();
  return {
    ...{ id, queue, key: id, version: queue === "referral-bonuses" ? 2 : 1, payload, state: "dead" as const },
    ...{ error: MARKER, attempts: 3, dueAt: later, deadlineAt: new Date(), finishedAt: new Date() },
    ...(progress ? { progress } : {}),
  };
};

/** Goods that no attempt has delivered; the table of effects has no constraint that hides a repeat. */
async function addGoods(): Promise<string[]> {
  const tasks = Array.from({ length: GOODS }, () => {
    const orderId = newId();
    return { ...deadTask(QUEUE, { orderId }), key: orderId };
  });
  const ids = tasks.map(({ key }) => key);
  await db().$executeRaw`INSERT INTO "TestPayment" SELECT unnest(${ids}::uuid[]), 'works'`;
  await db().task.createMany({ data: tasks });
  return ids;
}

/** Mails: the first half was sent by an attempt that then died, the other was not. */
async function addMails(): Promise<{ sent: string; unsent: string; ids: string[] }> {
  const [sent, unsent] = [`sent-${newId()}@test.example`, `unsent-${newId()}@test.example`];
  const tasks = Array.from({ length: MAILS }, (_, index) => {
    const isSent = index < MAILS / 2;
    const payload = {
      to: { address: isSent ? sent : unsent },
      ...{ locale: "en", template: "plain", props: { subject: `Mail ${index}`, body: "Hello" } },
    };
    return deadTask("emails", payload, {
      done: isSent ? 1 : 0,
      total: 1,
      note: isSent ? "sent" : "not sent",
    });
  });
  await db().task.createMany({ data: tasks });
  return { sent, unsent, ids: tasks.map(({ id }) => id) };
}

/** Bonuses of one referrer: half of the orders have theirs already. */
async function addBonuses(): Promise<{ referrer: Caller; ids: string[] }> {
  const [referrer, buyer, seller] = await createPeople(3);
  await db().user.update({ where: { id: buyer.userId }, data: { referredById: referrer.userId } });
  const orders: string[] = [];
  while (orders.length < BONUSES)
    orders.push(await createTestOrder({ buyer, seller, amountMinor: 1_000, status: "paid" }));
  const granted = orders.slice(0, BONUSES / 2);
  await db().bonusEntry.createMany({
    data: granted.map((orderId, index) => ({
      ...{ id: newId(), userId: referrer.userId, seq: index + 1, kind: "referral" as const, amount: 100 },
      ...{ balance: 100 * (index + 1), key: `referral:${orderId}` },
    })),
  });
  const tasks = orders.map((orderId) => deadTask("referral-bonuses", { orderId }));
  await db().task.createMany({ data: tasks });
  return { referrer, ids: tasks.map(({ id }) => id) };
}

async function redrive(reason: string): Promise<number> {
  let revived = 0;
  let cursor: string | null = null;
  do {
    const body: Record<string, string> = { error: MARKER, reason, ...(cursor ? { cursor } : {}) };
    const response = await call(redriveRoute, { as: admin, body });
    expect(response.status).toBe(200);
    const batch: RedriveBatch = response.body;
    revived += batch.revived;
    cursor = batch.nextCursor;
  } while (cursor);
  return revived;
}

async function countMails(address: string): Promise<number> {
  const response = await fetch(`${catcher.pageUrl}/api/messages?to=${encodeURIComponent(address)}`);
  return ((await response.json()) as { total: number }).total;
}

it("500 dead tasks, redriven twice at once, repeat no effect", async () => {
  const [goods, mails, bonuses] = await Promise.all([addGoods(), addMails(), addBonuses()]);
  const preview = await call(previewRoute, { as: admin, query: `?error=${encodeURIComponent(MARKER)}` });
  expect(preview.body.matching).toBe(GOODS + MAILS + BONUSES);

  const both = await Promise.all([redrive("first operator"), redrive("second operator")]);
  expect(both.reduce((sum, revived) => sum + revived, 0)).toBe(GOODS + MAILS + BONUSES);
  const ours = [{ queue: QUEUE, key: { in: goods } }, { id: { in: [...mails.ids, ...bonuses.ids] } }];
  await waitUntil(
    "all are done",
    async () => (await db().task.count({ where: { OR: ours, state: "done" } })) === GOODS + MAILS + BONUSES,
    100,
  );

  const effects = await db().$queryRaw`
SELECT count(*)::int AS rows, count(DISTINCT "paymentId")::int AS payments FROM "TestEffect"
WHERE "paymentId" = ANY (${goods}::uuid[])`;
  expect(effects).toEqual([{ rows: GOODS, payments: GOODS }]);
  // What an earlier attempt has sent is not sent again.
  expect(await countMails(mails.sent)).toBe(0);
  expect(await countMails(mails.unsent)).toBe(MAILS / 2);
  const entries = await db().bonusEntry.findMany({
    where: { userId: bonuses.referrer.userId },
    orderBy: { seq: "asc" },
  });
  expect(entries).toHaveLength(BONUSES);
  expect(entries.at(-1)?.balance).toBe(100 * BONUSES);
  const audited = await db().auditEntry.findMany({
    where: { action: "tasks_redriven", actorId: admin.userId },
  });
  const revived = audited.map(({ data }) => (data as { revived: number }).revived);
  expect(revived.reduce((sum, count) => sum + count, 0)).toBe(GOODS + MAILS + BONUSES);
  expect(new Set(audited.map(({ data }) => (data as { reason: string }).reason)).size).toBeLessThanOrEqual(2);
});
