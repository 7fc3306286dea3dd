import type { MailCatcher } from "@/local/smtp";
import { waitUntil } from "./wait-until";

/** A mail as the mail catcher lists it. */
export interface CaughtMail {
  id: string;
  subject: string;
  messageId: string;
  /** An earlier mail had the same Message-ID. */
  repeat: boolean;
}

/** The mails to an address, newest first. */
export async function listMails({ pageUrl }: MailCatcher, to: string): Promise<CaughtMail[]> {
  const response = await fetch(`${pageUrl}/api/messages?to=${encodeURIComponent(to)}`);
  return ((await response.json()) as { items: CaughtMail[] }).items;
}

/** Waits for a mail and returns its text. */
export async function waitForMailText(catcher: MailCatcher, to: string, subject: RegExp): Promise<string> {
  let found: CaughtMail | undefined;
  await waitUntil(`a mail ${String(subject)}`, async () => {
    found = (await listMails(catcher, to)).find((mail) => subject.test(mail.subject));
    return found !== undefined;
  });
  const response = await fetch(`${catcher.pageUrl}/api/messages/${found?.id}`);
  return ((await response.json()) as { text: string }).text;
}

/** The token of the link to a page, taken from a mail's text. */
export function extractLinkToken(text: string, page: string): string {
  const token = new RegExp(`${page}\\?token=([\\w-]{64})`).exec(text.replace(/=\r?\n/g, ""))?.[1];
  if (!token) throw new Error(`the mail has no link to ${page}`);
  return token;
}
