import { env } from "../core/env";
import { log } from "../core/log";
import { MailRefusedError } from "./errors";
import { type Mail, mailSchema } from "./mail";
import { renderMail } from "./render";
import { toMailError } from "./smtp-error";
import { mailTransporter, SEND_TIMEOUT_MS } from "./transporter";

export interface SentMail {
  /** `<key@host>`, the same for every attempt. */
  messageId: string;
}

/**
 * Renders a mail and hands it to the mail server.
 *
 * Delivery is **at least once**, never exactly once. SMTP has no idempotency: when the connection is lost between the
 * mail and the server's 250, the outcome is unknown. So the caller must store its intent to send before it calls (a
 * task does), and retry after any error but {@link MailRefusedError}. Every attempt has the same `Message-ID`, made of
 * the idempotency key, so that mail programs can recognize a duplicate (many show only one).
 *
 * @throws {MailRefusedError} never retry: the mail is malformed, or the server refused it permanently
 * @throws {MailFailedError} retry later; `mayHaveArrived` when the outcome is unknown
 * @throws {MailUnavailableError} retry later: `SMTP_URL` is not set
 */
export async function sendMail(input: Mail): Promise<SentMail> {
  const parsed = mailSchema.safeParse(input);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path, code }) => `${path.join(".")} (${code})`);
    throw new MailRefusedError(`malformed mail: ${fields.join(", ")}`);
  }
  const mail = parsed.data;
  const transporter = mailTransporter();
  const { APP_URL, MAIL_FROM } = env();
  const { hostname } = new URL(APP_URL);
  const { subject, html, text, settingsLink } = await renderMail(mail, APP_URL);
  const messageId = `<${mail.idempotencyKey}@${hostname}>`;
  try {
    await transporter.sendMail({
      from: MAIL_FROM ?? `NormalDance <no-reply@${hostname}>`,
      to: { name: "", address: mail.to },
      subject: escapeEncodedWords(subject),
      html,
      text,
      messageId,
      headers: {
        // RFC 3834: marks an automatic mail, so that auto-responders do not reply.
        "Auto-Submitted": "auto-generated",
        ...(settingsLink === undefined ? {} : { "List-Unsubscribe": `<${settingsLink}>` }),
      },
      signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
    });
  } catch (error) {
    throw toMailError(error);
  }
  log().info({ messageId, template: mail.template, locale: mail.locale }, "mail sent");
  return { messageId };
}

/**
 * Mail programs would decode a subject with `=?` as an encoded word (RFC 2047), since nodemailer leaves ASCII
 * unencoded. A zero-width space separates the two characters and makes nodemailer encode the whole subject.
 */
function escapeEncodedWords(subject: string): string {
  return subject.replaceAll("=?", "=\u200b?");
}
