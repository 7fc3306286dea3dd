import { type ParsedMail, simpleParser } from "mailparser";
import { expect } from "vitest";
import { type Mail, sendMail } from "@/lib/mail";
import type { MailCatcher } from "@/local/smtp";
import { listMails } from "./mailbox";

/** The only mail to an address, parsed from the source that the mail catcher stored. */
export async function readOnlyMail(catcher: MailCatcher, to: string): Promise<ParsedMail> {
  const [caught, ...more] = await listMails(catcher, to);
  expect(more).toEqual([]);
  const source = await fetch(`${catcher.pageUrl}/messages/${caught?.id}/source`);
  return simpleParser(Buffer.from(await source.arrayBuffer()), { skipHtmlToText: true });
}

/** The error that sending this mail throws. */
export async function sendMailError(mail: Mail): Promise<unknown> {
  return sendMail(mail).then(
    () => expect.unreachable("it was sent"),
    (error: unknown) => error,
  );
}
