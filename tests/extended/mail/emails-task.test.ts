import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { injectFault } from "@/lib/core/failpoint";
import { newId } from "@/lib/core/ids";
import { log } from "@/lib/core/log";
import { db, transaction } from "@/lib/db";
import { backgroundTaskService, enqueue, type PayloadInput } from "@/lib/tasks";
import type { MailCatcher } from "@/local/smtp";
import { listMails } from "@/tests/support/clients/mailbox";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import { serveAppWithMail } from "@/tests/support/processes/app-with-mail";

let app: Awaited<ReturnType<typeof serveAppWithMail>>;
let catcher: MailCatcher;
let person: Caller;
let address: string;

beforeAll(async () => {
  app = await serveAppWithMail();
  catcher = app.catcher;
});
afterAll(() => app.close());

beforeEach(async () => {
  person = await createPerson();
  address = `${person.userId}@test.example`;
});
afterEach(() => {
  catcher.heal();
  vi.restoreAllMocks();
});

const enqueueMail = async (payload: PayloadInput<"emails">) =>
  (await transaction((tx) => enqueue(tx, "emails", payload, { key: newId() }))).id;

const plain = (to: PayloadInput<"emails">["to"]): PayloadInput<"emails"> => ({
  to,
  locale: "en",
  template: "plain",
  props: { subject: "Hello", body: "World" },
});

const caughtFor = (to = address) => listMails(catcher, to);

async function openMail(id: string): Promise<{ text: string; html: string }> {
  return (await fetch(`${catcher.pageUrl}/api/messages/${id}`)).json() as Promise<{
    text: string;
    html: string;
  }>;
}

const taskRow = (id: string) => db().task.findUniqueOrThrow({ where: { id } });
const waitForState = (id: string, state: string) =>
  waitUntil(`the task is ${state}`, async () => (await taskRow(id)).state === state);

describe("queue emails", () => {
  it.each([
    ["ru", "Продажа: Ночной трамвай, 12,90 $", "Новая продажа"],
    ["en", "Sale: Ночной трамвай, $12.90", "You made a sale"],
  ] as const)("mails an account in %s, delivered through QStash", async (locale, subject, expectedText) => {
    const id = await enqueueMail({
      to: { userId: person.userId },
      locale,
      template: "sale",
      props: {
        creatorName: "Аня",
        productTitle: "Ночной трамвай",
        quantity: 1,
        amount: { amountMinor: 1_290, currency: "USD" },
        productLink: "/shop/1",
      },
    });
    await waitForState(id, "done");
    const [mail, ...more] = await caughtFor();
    expect(more).toEqual([]);
    expect(mail?.subject.replace(/\s/g, " ")).toBe(subject);
    expect(mail?.messageId).toContain(id);
    expect((await openMail(mail?.id ?? "")).text).toContain(expectedText);
  });

  it("mails a free text to an address", async () => {
    const to = `${newId()}@test.example`;
    const id = await backgroundTaskService.sendEmail(to, "Тема", "Два слова\n\nи ещё два");
    await waitForState(id, "done");
    expect(await caughtFor(to)).toMatchObject([{ subject: "Тема" }]);
  });

  it("mails the address that the account has when the task runs", async () => {
    const moved = `${newId()}@test.example`;
    const id = await transaction(async (tx) => {
      const task = await enqueue(tx, "emails", plain({ userId: person.userId }), { key: newId() });
      await tx.user.update({ where: { id: person.userId }, data: { email: moved } });
      return task.id;
    });
    await waitForState(id, "done");
    expect([await caughtFor(), await caughtFor(moved)]).toMatchObject([[], [{ subject: "Hello" }]]);
  });

  it("finishes without a mail or an alert when the account is erased", async () => {
    await db().user.delete({ where: { id: person.userId } });
    const id = await enqueueMail(plain({ userId: person.userId }));
    await waitForState(id, "done");
    expect(await caughtFor()).toEqual([]);
    expect(await db().alert.count({ where: { subject: id } })).toBe(0);
  });
});

describe("when the mail server rejects a mail", () => {
  it("5xx is permanent: the task is dead after one attempt, with an alert without the address", async () => {
    catcher.fail({ kind: "answer", code: 550, to: address });
    const id = await enqueueMail(plain({ address }));
    await waitForState(id, "dead");
    expect(await taskRow(id)).toMatchObject({ attempts: 1, error: expect.stringContaining("550") });
    const alert = await db().alert.findUnique({
      where: { kind_subject: { kind: "task_dead", subject: id } },
    });
    expect(alert?.message).toContain("550");
    expect(alert?.message).not.toContain(address);
    expect(await caughtFor()).toEqual([]);
  });

  it("a mail that does not match its template is rejected before anything is sent", async () => {
    const id = await enqueueMail({ ...plain({ address }), props: { subject: "Two\nlines", body: "x" } });
    await waitForState(id, "dead");
    expect((await taskRow(id)).error).toContain("props.subject");
    const unknown = await enqueueMail({ ...plain({ address }), template: "no-such" });
    await waitForState(unknown, "dead");
    expect(await caughtFor()).toEqual([]);
  });

  it("4xx is temporary: the next attempt sends it, once and without a warning", async () => {
    const warnings = watchWarnings();
    catcher.fail({ kind: "answer", code: 451, to: address, times: 1 });
    const id = await enqueueMail(plain({ address }));
    await waitForState(id, "done");
    expect((await taskRow(id)).attempts).toBe(2);
    expect(await caughtFor()).toHaveLength(1);
    expect(warnings.of(id)).toEqual([]);
  });

  it("a lost response: the mail is sent again with the same Message-ID, and the log warns", async () => {
    const warnings = watchWarnings();
    catcher.fail({ kind: "drop", to: address, times: 1 });
    const id = await enqueueMail(plain({ address }));
    await waitForState(id, "done");
    const mails = await caughtFor();
    expect(mails).toHaveLength(2);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(1);
    expect(warnings.of(id)).toEqual(["mail may arrive twice: the previous attempt has an unknown outcome"]);
  });

  it("a mail that was accepted is not sent again by a later attempt", async () => {
    let faults = 0;
    const id = await enqueueMail(plain({ address }));
    const stop = injectFault(async (name) => {
      if (name === "tasks.prepared" && faults++ === 0) throw new Error("cut off between mail and commit");
    });
    try {
      await waitForState(id, "done");
    } finally {
      stop();
    }
    expect((await taskRow(id)).attempts).toBe(2);
    expect(await caughtFor()).toHaveLength(1);
  });
});

/** Collects the warnings about duplicate mails that are logged from now on. */
function watchWarnings() {
  const warn = vi.spyOn(log(), "warn");
  return {
    of: (taskId: string) =>
      warn.mock.calls.flatMap(([fields, text]: unknown[]) => {
        const isAboutTask =
          typeof fields === "object" && fields !== null && Reflect.get(fields, "taskId") === taskId;
        return isAboutTask && /twice/.test(String(text)) ? [text] : [];
      }),
  };
}
