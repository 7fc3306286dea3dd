import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { newId } from "@/lib/core/ids";
import { locales } from "@/lib/core/locale";
import { log } from "@/lib/core/log";
import {
  type Mail,
  MailFailedError,
  MailRefusedError,
  MailUnavailableError,
  sendMail,
  templateNames,
} from "@/lib/mail";
import { type MailCatcher, startMailCatcher } from "@/local/smtp";
import { listMails } from "@/tests/support/clients/mailbox";
import { readOnlyMail, sendMailError } from "@/tests/support/clients/sent-mail";
import { createTestMail, mainLinks, newMailAddress } from "@/tests/support/factories/mails";
import { freePort } from "@/tests/support/stack/real-postgres";

/** Sends through real SMTP to the mail catcher, and reads the source that it stored. */

let catcher: MailCatcher;

beforeAll(async () => {
  catcher = await startMailCatcher({ dataDir: null });
  // Read on first use, in the tests below.
  process.env.SMTP_URL = catcher.smtpUrl;
  process.env.MAIL_FROM = "NormalDance <no-reply@normaldance.test>";
  process.env.APP_URL = "https://normaldance.example";
});
afterEach(() => catcher.heal());
afterAll(() => catcher.close());

const received = (to: string) => readOnlyMail(catcher, to);
const caughtFor = (to: string) => listMails(catcher, to);

describe.each(templateNames)("%s", (template) => {
  it.each(locales)("arrives in %s with both parts and its headers", async (locale) => {
    const mail = createTestMail(template, { locale });
    const { messageId } = await sendMail(mail);
    const arrived = await received(mail.to);
    expect(arrived.subject).toMatch(/\S/);
    expect(arrived.from?.text).toBe('"NormalDance" <no-reply@normaldance.test>');
    expect(arrived.to).toMatchObject({ value: [{ address: mail.to, name: "" }] });
    expect(arrived.messageId).toBe(messageId);
    expect(messageId).toBe(`<${mail.idempotencyKey}@normaldance.example>`);
    expect(arrived.headers.get("auto-submitted")).toBe("auto-generated");
    const link = mainLinks[template];
    if (link) {
      expect(arrived.html).toContain(`https://normaldance.example${link}`);
      expect(arrived.text).toContain(`https://normaldance.example${link}`);
    }
    expect(`${arrived.html}${arrived.text}`).toMatch(locale === "ru" ? /[а-я]{4}/ : /[a-z]{4}/);
    const source = arrived.headerLines.map(({ key }) => key);
    expect(source.includes("list-unsubscribe")).toBe(template === "sale" || template === "notification");
  });
});

describe("a repeat", () => {
  it("has the same Message-ID, and two different mails never do", async () => {
    const mail = createTestMail("plain");
    await sendMail(mail);
    await sendMail(mail);
    await sendMail({ ...mail, idempotencyKey: newId() });
    expect((await caughtFor(mail.to)).map(({ repeat }) => repeat)).toEqual([false, true, false]);
  });
});

describe("a mail that is not well-formed", () => {
  it.each<[string, (to: string) => Partial<Record<keyof Mail, unknown>>]>([
    ["a line break in the address", (to) => ({ to: `${to}\r\nBcc: victim@normaldance.test` })],
    [
      "a line break in the subject",
      () => ({ props: { subject: "a\r\nBcc: victim@normaldance.test", body: "b" } }),
    ],
    ["a line break in the key", () => ({ idempotencyKey: "a\r\nBcc: victim@normaldance.test" })],
  ])("is rejected permanently and not sent: %s", async (_, change) => {
    const to = newMailAddress();
    const error = await sendMailError({ ...createTestMail("plain", { to }), ...change(to) } as Mail);
    expect(error).toBeInstanceOf(MailRefusedError);
    expect(error).toMatchObject({ smtpCode: undefined });
    expect(await caughtFor(to)).toEqual([]);
    expect(await caughtFor("victim@normaldance.test")).toEqual([]);
  });
});

describe("when the mail server", () => {
  it.each([
    [550, "recipient"],
    [554, "mail"],
  ] as const)("responds %i to the %s, the mail is rejected permanently", async (code, at) => {
    const mail = createTestMail("plain");
    catcher.fail({ kind: "answer", code, at, to: mail.to });
    const error = await sendMailError(mail);
    expect(error).toBeInstanceOf(MailRefusedError);
    expect(error).toMatchObject({ smtpCode: code });
    expect(await caughtFor(mail.to)).toEqual([]);
  });

  it.each([
    [451, "recipient"],
    [452, "mail"],
    [421, "mail"],
  ] as const)(
    "responds %i to the %s, the error is temporary and the mail did not arrive",
    async (code, at) => {
      const mail = createTestMail("plain");
      catcher.fail({ kind: "answer", code, at, to: mail.to, times: 1 });
      const error = await sendMailError(mail);
      expect(error).toBeInstanceOf(MailFailedError);
      expect(error).toMatchObject({ smtpCode: code, mayHaveArrived: false });
      await sendMail(mail);
      await received(mail.to);
    },
  );

  it("refuses the connection, the mail did not arrive", async () => {
    const mail = createTestMail("plain");
    catcher.fail({ kind: "refuse" });
    expect(await sendMailError(mail)).toBeInstanceOf(MailFailedError);
    catcher.heal();
    await sendMail(mail);
    await received(mail.to);
  });

  it("accepts the mail and its response is lost, a repeat can be recognised", async () => {
    const mail = createTestMail("plain");
    catcher.fail({ kind: "drop", to: mail.to, times: 1 });
    const error = await sendMailError(mail);
    expect(error).toBeInstanceOf(MailFailedError);
    expect(error).toMatchObject({ mayHaveArrived: true });
    await sendMail(mail);
    expect((await caughtFor(mail.to)).map(({ repeat }) => repeat)).toEqual([true, false]);
  });
});

describe("without a usable mail server", () => {
  /** The environment is read once, so each case needs fresh modules. */
  async function freshMail(smtpUrl: string | undefined) {
    vi.resetModules();
    vi.stubEnv("SMTP_URL", smtpUrl);
    return import("@/lib/mail");
  }
  afterEach(() => vi.unstubAllEnvs());

  it("sending fails with MailUnavailableError when no server is set", async () => {
    const mail = await freshMail(undefined);
    const error = await mail.sendMail(createTestMail("plain")).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(mail.MailUnavailableError);
    expect(error).toHaveProperty("name", MailUnavailableError.name);
  });

  it("sending fails with MailFailedError when no server listens", async () => {
    const mail = await freshMail(`smtp://127.0.0.1:${await freePort()}`);
    const error = await mail.sendMail(createTestMail("plain")).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(mail.MailFailedError);
    expect(error).toMatchObject({ mayHaveArrived: false });
  });
});

describe("logs and errors", () => {
  it("contain neither addresses nor content", async () => {
    const lines = vi.spyOn(log(), "info");
    const secret = newId();
    const mail = createTestMail("plain", { props: { subject: secret, body: secret } } as Partial<Mail>);
    await sendMail(mail);
    catcher.fail({ kind: "answer", code: 550, to: mail.to, times: 1 });
    const rejected = (await sendMailError(mail)) as Error;
    const malformed = (await sendMailError({ ...mail, to: `${mail.to}\n` })) as Error;
    const output = [
      ...lines.mock.calls,
      ...[rejected, malformed].map((error) => [error.message, error.stack, { ...error }, error.cause]),
    ];
    expect(lines).toHaveBeenCalledOnce();
    expect(JSON.stringify(output)).not.toContain(mail.to);
    expect(JSON.stringify(output)).not.toContain(secret);
    lines.mockRestore();
  });
});
