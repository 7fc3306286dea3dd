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
const finished = (id: string, state: string) =>
  waitUntil(`the task is ${state}`, async () => (await taskRow(id)).state === state);

describe("queue emails", () => {
  it.each([
    ["ru", "Продажа: Ночной трамвай, 12,90 $", "У вас купили"],
    ["en", "Sale: Ночной трамвай, $12.90", "You made a sale"],
  ] as const)("writes to an account in %s, through QStash and back", async (locale, subject, words) => {
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
    await finished(id, "done");
    const [mail, ...more] = await caughtFor();
    expect(more).toEqual([]);
    expect(mail?.subject.replace(/\s/g, " ")).toBe(subject);
    expect(mail?.messageId).toContain(id);
    expect((await openMail(mail?.id ?? "")).text).toContain(words);
  });

  it("writes to an address, in words of one's own", async () => {
    const to = `${newId()}@test.example`;
    const id = await backgroundTaskService.sendEmail(to, "Тема", "Два слова\n\nи ещё два");
    await finished(id, "done");
    expect(await caughtFor(to)).toMatchObject([{ subject: "Тема" }]);
  });

  it("writes to the address the account has by then", async () => {
    const moved = `${newId()}@test.example`;
    const id = await transaction(async (tx) => {
      const task = await enqueue(tx, "emails", plain({ userId: person.userId }), { key: newId() });
      await tx.user.update({ where: { id: person.userId }, data: { email: moved } });
      return task.id;
    });
    await finished(id, "done");
    expect([await caughtFor(), await caughtFor(moved)]).toMatchObject([[], [{ subject: "Hello" }]]);
  });

  it("is done without a mail or an alert when the account is gone", async () => {
    await db().user.delete({ where: { id: person.userId } });
    const id = await enqueueMail(plain({ userId: person.userId }));
    await finished(id, "done");
    expect(await caughtFor()).toEqual([]);
    expect(await db().alert.count({ where: { subject: id } })).toBe(0);
  });
});

describe("when the mail server says no", () => {
  it("5xx is for good: dead after one attempt, with an alert that names no one", async () => {
    catcher.fail({ kind: "answer", code: 550, to: address });
    const id = await enqueueMail(plain({ address }));
    await finished(id, "dead");
    expect(await taskRow(id)).toMatchObject({ attempts: 1, error: expect.stringContaining("550") });
    const alert = await db().alert.findUnique({
      where: { kind_subject: { kind: "task_dead", subject: id } },
    });
    expect(alert?.message).toContain("550");
    expect(alert?.message).not.toContain(address);
    expect(await caughtFor()).toEqual([]);
  });

  it("a mail that does not fit its template is refused before anything is sent", async () => {
    const id = await enqueueMail({ ...plain({ address }), props: { subject: "Two\nlines", body: "x" } });
    await finished(id, "dead");
    expect((await taskRow(id)).error).toContain("props.subject");
    const unknown = await enqueueMail({ ...plain({ address }), template: "no-such" });
    await finished(unknown, "dead");
    expect(await caughtFor()).toEqual([]);
  });

  it("4xx is for now: the next attempt sends it, once and without a warning", async () => {
    const warned = watchWarnings();
    catcher.fail({ kind: "answer", code: 451, to: address, times: 1 });
    const id = await enqueueMail(plain({ address }));
    await finished(id, "done");
    expect((await taskRow(id)).attempts).toBe(2);
    expect(await caughtFor()).toHaveLength(1);
    expect(warned.of(id)).toEqual([]);
  });

  it("an answer that is lost: sent again under the same Message-ID, and the log says so", async () => {
    const warned = watchWarnings();
    catcher.fail({ kind: "drop", to: address, times: 1 });
    const id = await enqueueMail(plain({ address }));
    await finished(id, "done");
    const mails = await caughtFor();
    expect(mails).toHaveLength(2);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(1);
    expect(warned.of(id)).toEqual(["a mail may go out twice"]);
  });

  it("a mail that was taken is not sent again by an attempt that comes after it", async () => {
    let faults = 0;
    const id = await enqueueMail(plain({ address }));
    const stop = injectFault(async (name) => {
      if (name === "tasks.prepared" && faults++ === 0) throw new Error("cut off between mail and commit");
    });
    try {
      await finished(id, "done");
    } finally {
      stop();
    }
    expect((await taskRow(id)).attempts).toBe(2);
    expect(await caughtFor()).toHaveLength(1);
  });
});

/** Looks into what the log is told of a mail from now on. */
function watchWarnings() {
  const warn = vi.spyOn(log(), "warn");
  return {
    of: (taskId: string) =>
      warn.mock.calls.flatMap(([fields, text]: unknown[]) => {
        const known =
          typeof fields === "object" && fields !== null && Reflect.get(fields, "taskId") === taskId;
        return known && /twice/.test(String(text)) ? [text] : [];
      }),
  };
}
