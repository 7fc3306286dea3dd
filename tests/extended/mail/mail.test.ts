import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Mail, MailFailedError, MailRefusedError, sendMail } from "@/lib/mail";
import { type MailCatcher, startMailCatcher } from "@/local/smtp";
import { listMails } from "@/tests/support/clients/mailbox";
import { readOnlyMail, sendMailError } from "@/tests/support/clients/sent-mail";
import { createTestMail } from "@/tests/support/factories/mails";
import { runs } from "@/tests/support/fuzz/runs";

/** Socket timeout (ms): far more than the catcher needs, and short enough to wait for. */
const SILENCE_MS = 5_000;

let catcher: MailCatcher;

beforeAll(async () => {
  catcher = await startMailCatcher({ dataDir: null });
  // Read on first use, in the tests below.
  process.env.SMTP_URL = `${catcher.smtpUrl}?socketTimeout=${SILENCE_MS}`;
});
afterEach(() => catcher.heal());
afterAll(() => catcher.close());

describe("a mail that is not well-formed", () => {
  it("any subject and body arrive as sent, in one header", async () => {
    const unit = fc.constantFrom(
      "a",
      "B",
      "ж",
      "é",
      "🎧",
      " ",
      "=",
      "?",
      "_",
      "<",
      "\r",
      "\n",
      ".",
      "\t",
      "=?utf-8?Q?a?=",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit, minLength: 1, maxLength: 120 }),
        fc.string({ unit, minLength: 1 }),
        async (subject, body) => {
          const mail = createTestMail("plain", { props: { subject, body } } as Partial<Mail>);
          const error = await sendMail(mail).catch((caught: unknown) => caught);
          if (error instanceof MailRefusedError) {
            expect(await listMails(catcher, mail.to)).toEqual([]);
            return;
          }
          const arrived = await readOnlyMail(catcher, mail.to);
          const oneLine = (text: string | undefined) =>
            text?.replaceAll("\u200b", "").replace(/\s+/g, " ").trim();
          expect(oneLine(arrived.subject)).toBe(oneLine(subject));
          expect(oneLine(arrived.text)).toContain(oneLine(body));
          expect(arrived.headerLines.map(({ key }) => key)).not.toContain("bcc");
        },
      ),
      { numRuns: runs(40) },
    );
  });
});

describe("when the mail server", () => {
  it("stops responding after the mail, the error says that it may have arrived", async () => {
    const mail = createTestMail("plain");
    catcher.fail({ kind: "hang", to: mail.to });
    const error = await sendMailError(mail);
    expect(error).toBeInstanceOf(MailFailedError);
    expect(error).toMatchObject({ smtpCode: undefined, mayHaveArrived: true });
  });
});
