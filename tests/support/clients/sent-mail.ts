import { type ParsedMail, simpleParser } from "mailparser";
import { expect } from "vitest";
import { type Mail, sendMail } from "@/lib/mail";
import type { MailCatcher } from "@/local/smtp";
import { mailbox } from "./mailbox";

/** The one mail to an address, read back from the source that the catcher kept. */
export async function onlyMailTo(catcher: MailCatcher, to: string): Promise<ParsedMail> {
  const [caught, ...more] = await mailbox(catcher, to);
  expect(more).toEqual([]);
  const source = await fetch(`${catcher.pageUrl}/messages/${caught?.id}/source`);
  return simpleParser(Buffer.from(await source.arrayBuffer()), { skipHtmlToText: true });
}

/** What sending fails with. */
export async function failureOf(mail: Mail): Promise<unknown> {
  return sendMail(mail).then(
    () => expect.unreachable("it was sent"),
    (error: unknown) => error,
  );
}
