import { createTransport } from "nodemailer";
import type Mail from "nodemailer/lib/mailer";
import { type MailCatcher, type MailCatcherOptions, startMailCatcher } from "@/local/smtp";
import { afterTest } from "./after-test";

export async function start(options: Partial<MailCatcherOptions> = {}): Promise<MailCatcher> {
  const catcher = await startMailCatcher({ dataDir: null, ...options });
  afterTest(() => catcher.close());
  return catcher;
}

/** Sends a mail over SMTP; missing fields get defaults. */
export async function send(
  catcher: MailCatcher,
  mail: Mail.Options = {},
  { silenceMs = 30_000 } = {},
): Promise<void> {
  const transport = createTransport({ url: catcher.smtpUrl, socketTimeout: silenceMs });
  await transport.sendMail({
    from: "App <app@normaldance.test>",
    to: "somebody@normaldance.test",
    subject: "Subject",
    text: "Text",
    ...mail,
  });
}

export interface ListedMail {
  id: string;
  subject: string;
  to: string[];
  repeat: boolean;
}

export async function list(
  catcher: MailCatcher,
  query = "",
): Promise<{ items: ListedMail[]; nextCursor: string | null; total: number }> {
  const response = await fetch(`${catcher.pageUrl}/api/messages${query}`);
  return (await response.json()) as Awaited<ReturnType<typeof list>>;
}

export async function subjects(catcher: MailCatcher, query = ""): Promise<string[]> {
  return (await list(catcher, query)).items.map(({ subject }) => subject);
}
