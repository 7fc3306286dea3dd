import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { POST as close } from "@/app/api/admin/alerts/[id]/close/route";
import { POST as test } from "@/app/api/admin/alerts/test/route";
import type { Caller } from "@/lib/core/access-token";
import { env } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { type AlertKind, alertNoticeSchema } from "@/lib/schemas/alert";
import { noticeSubject, raiseAlert, sweepTasks } from "@/lib/tasks";
import { call } from "@/tests/support/clients/call";
import { listMails, waitForMailText } from "@/tests/support/clients/mailbox";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import { serveAppWithMail } from "@/tests/support/processes/app-with-mail";
import { type Reply, startReceiver, type TestReceiver } from "@/tests/support/servers/receiver";

let app: Awaited<ReturnType<typeof serveAppWithMail>>;
let receiver: TestReceiver;
let admin: Caller;

beforeAll(async () => {
  app = await serveAppWithMail();
  receiver = await startReceiver();
  admin = await createPerson("admin");
});
afterAll(async () => {
  await receiver.close();
  await app.close();
});
afterEach(() => {
  env().ALERT_WEBHOOK_URL = undefined;
  env().ALERT_MAIL = undefined;
  receiver.onRequest = () => undefined;
});

/** Alerts go to the receiver until the end of the test. */
function useWebhook(...answers: Reply[]): void {
  env().ALERT_WEBHOOK_URL = `${receiver.url.replace("127.0.0.1", "localhost")}/hooks/a`;
  receiver.onRequest = () => answers.shift();
}

const raise = (subject: string, kind: AlertKind = "task_dead", message = "broken") =>
  transaction((tx) => raiseAlert(tx, { kind, subject, message }));
const alertOf = (subject: string) => db().alert.findFirstOrThrow({ where: { subject } });
const closeOne = async (subject: string) =>
  call(close, {
    as: admin,
    params: { id: (await alertOf(subject)).id },
    body: { reason: "dealt with" },
  });

async function noticeTasks(subject: string) {
  const { id } = await alertOf(subject);
  return db().task.findMany({ where: { subject: noticeSubject(id) }, orderBy: { id: "asc" } });
}
const waitForNotices = (subject: string, count: number) =>
  waitUntil(`${count} notices are done`, async () => {
    const tasks = await noticeTasks(subject);
    return tasks.length === count && tasks.every(({ state }) => state === "done");
  });

/** What the webhook got about a subject, in order. */
const received = (subject: string) =>
  receiver.received
    .map((request) => ({ ...request, notice: alertNoticeSchema.parse(JSON.parse(request.text)) }))
    .filter(({ notice }) => notice.subject === subject);

describe("a test of the alerts", () => {
  const send = async () => (await call(test, { as: admin, body: { reason: "a new webhook" } })).body.channels;

  it("says what the webhook and the mail server answered, and leaves no alert", async () => {
    const alerts = await db().alert.count();
    expect(await send()).toEqual([]);
    useWebhook();
    const address = `operator-${newId()}@test.example`;
    env().ALERT_MAIL = address;
    const before = receiver.received.length;
    expect(await send()).toEqual([
      { channel: "webhook", sent: true, answer: "status 2xx" },
      { channel: "mail", sent: true, answer: expect.stringContaining("taken by the mail server") },
    ]);
    expect(receiver.received).toHaveLength(before + 1);
    const notice = alertNoticeSchema.parse(JSON.parse(receiver.received.at(-1)?.text ?? ""));
    expect(notice).toMatchObject({ kind: "test", title: "A test of the alerts" });
    expect(await waitForMailText(app.catcher, address, /^Тревога: Проверка тревог$/)).toContain(
      "This is a test",
    );
    expect(await db().alert.count()).toBe(alerts);
  });

  it("says why nothing arrived", async () => {
    useWebhook({ status: 403 });
    expect(await send()).toEqual([{ channel: "webhook", sent: false, answer: "status 403" }]);
    env().ALERT_WEBHOOK_URL = "http://127.0.0.1:9/";
    expect(await send()).toMatchObject([{ channel: "webhook", sent: false }]);
    const entry = await db().auditEntry.findFirst({
      where: { action: "alert_tested", actorId: admin.userId },
    });
    expect(entry).toMatchObject({ data: { reason: "a new webhook" } });
  });
});

describe("a webhook", () => {
  it("gets an alert once when it opens, once when it is closed, and again when it opens again", async () => {
    useWebhook();
    const subject = `order:${newId()}`;
    await Promise.all([raise(subject, "payment_mismatch"), raise(subject, "payment_mismatch")]);
    await raise(subject, "payment_mismatch", "still broken");
    await waitForNotices(subject, 1);
    await closeOne(subject);
    await closeOne(subject);
    await waitForNotices(subject, 2);
    await raise(subject, "payment_mismatch", "broken again");
    await waitForNotices(subject, 3);

    const requests = received(subject);
    expect(requests.map(({ notice }) => notice.event)).toEqual(["opened", "resolved", "opened"]);
    const [opened, resolved, reopened] = requests;
    const { id } = await alertOf(subject);
    expect(opened).toMatchObject({ method: "POST", path: "/hooks/a" });
    expect(opened?.headers).toMatchObject({ "content-type": "application/json" });
    expect(opened?.notice).toMatchObject({
      ...{ id, kind: "payment_mismatch", title: "A payment doesn't add up", resolvedAt: null },
      ...{ link: `${env().APP_URL}/admin/alerts`, runbook: "docs/OPERATIONS.md#payment_mismatch" },
    });
    expect(opened?.notice.text).toContain(subject);
    expect(resolved?.notice).toMatchObject({
      id,
      since: opened?.notice.since,
      resolvedAt: expect.any(String),
    });
    expect(reopened?.notice.message).toBe("broken again");
    expect(Date.parse(reopened?.notice.since ?? "")).toBeGreaterThanOrEqual(
      Date.parse(resolved?.notice.resolvedAt ?? ""),
    );
  });

  it("that fails or redirects gets the notice again under the same key", async () => {
    const subject = newId();
    useWebhook({ status: 500 }, { status: 302, headers: { location: `${receiver.url}/elsewhere` } });
    await raise(subject);
    await waitForNotices(subject, 1);
    const requests = received(subject);
    expect(requests.map(({ path }) => path)).toEqual(["/hooks/a", "/hooks/a", "/hooks/a"]);
    const keys = new Set(requests.map(({ headers }) => headers["idempotency-key"]));
    expect([...keys]).toEqual([(await noticeTasks(subject))[0]?.id]);
  });

  it("gets no opening after the end", async () => {
    const subject = newId();
    let closed: Promise<unknown> | undefined;
    env().ALERT_WEBHOOK_URL = receiver.url;
    receiver.onRequest = ({ text }) => {
      if (alertNoticeSchema.parse(JSON.parse(text)).event === "resolved") return undefined;
      closed ??= closeOne(subject);
      return { status: 503, after: closed };
    };
    await raise(subject);
    await waitForNotices(subject, 2);
    expect(received(subject).map(({ notice }) => notice.event)).toEqual(["opened", "resolved"]);
  });

  it("gets nothing of a change that was rolled back", async () => {
    useWebhook();
    const subject = newId();
    const before = await db().task.count({ where: { queue: "alert-notices" } });
    const failing = transaction(async (tx) => {
      await raiseAlert(tx, { kind: "task_dead", subject, message: "broken" });
      throw new Error("rolled back");
    });
    await expect(failing).rejects.toThrow("rolled back");
    expect(await db().task.count({ where: { queue: "alert-notices" } })).toBe(before);
    expect(received(subject)).toEqual([]);
  });

  it("gets twenty of a kind within an hour, and of the others neither opening nor end", async () => {
    useWebhook();
    const subjects = Array.from({ length: 22 }, () => newId());
    for (const subject of subjects) await raise(subject, "minter_stuck");
    for (const subject of subjects.slice(0, 20)) await waitForNotices(subject, 1);
    const notices = receiver.received
      .map(({ text }) => alertNoticeSchema.parse(JSON.parse(text)))
      .filter(({ kind }) => kind === "minter_stuck");
    expect(notices).toHaveLength(20);
    expect(notices.filter(({ isLastOfHour }) => isLastOfHour).map(({ subject }) => subject)).toEqual([
      subjects[19],
    ]);
    const [last = ""] = subjects.slice(-1);
    await closeOne(last);
    expect(await noticeTasks(last)).toEqual([]);
  });

  it("that stays broken causes an alert in the console and no further notice", async () => {
    useWebhook();
    const id = newId();
    const past = new Date(Date.now() - 1_000);
    await db().task.create({
      data: {
        ...{ id, queue: "alert-notices", key: id, version: 1, payload: {} },
        ...{ subject: noticeSubject(newId()), dueAt: past, deadlineAt: past },
      },
    });
    await sweepTasks();
    expect((await alertOf(id)).closedAt).toBeNull();
    expect(await noticeTasks(id)).toEqual([]);
  });
});

describe("a mail address", () => {
  it("gets a mail when an alert opens and when it is closed, in Russian", async () => {
    const address = `${newId()}@test.example`;
    env().ALERT_MAIL = address;
    const subject = newId();
    await raise(subject, "refund_failed", "no balance");
    const text = await waitForMailText(app.catcher, address, /^Тревога: Возврат не прошёл$/);
    expect(text).toContain("no balance");
    expect(text).toContain(subject);
    expect(text).toContain(`${env().APP_URL}/admin/alerts`);
    await closeOne(subject);
    await waitForMailText(app.catcher, address, /^Тревога закрыта: Возврат не прошёл$/);
    expect(await listMails(app.catcher, address)).toHaveLength(2);
  });

  it("of an account gets it in the account's language", async () => {
    const { userId } = await createPerson("admin");
    const { email } = await db().user.update({ where: { id: userId }, data: { locale: "en" } });
    env().ALERT_MAIL = email;
    await raise(newId(), "delivery_failed");
    await waitForMailText(app.catcher, email, /^Alert: A purchase was not delivered$/);
  });
});

it("without a webhook and an address an alert waits in the console", async () => {
  const subject = newId();
  await raise(subject);
  expect(await alertOf(subject)).toMatchObject({ closedAt: null, isAnnounced: false });
  expect(await noticeTasks(subject)).toEqual([]);
});
