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
 * What is promised: **at least once**, never exactly once. SMTP knows no idempotency: when the connection is
 * lost after the mail and before the server's 250, nobody here can tell whether it was taken. So the caller
 * stores what it wants to send before it calls (a task is that), and calls again after any error but
 * {@link MailRefusedError}. Every attempt carries the same `Message-ID`, made of the idempotency key, so that
 * what receives the mail can tell a repeat (many programs show one of two).
 *
 * @throws {MailRefusedError} never repeat: it is not well-formed, or the server refused it for good
 * @throws {MailFailedError} repeat later; it says whether the mail may have arrived all the same
 * @throws {MailUnavailableError} repeat later: `SMTP_URL` is not set
 */
export async function sendMail(input: Mail): Promise<SentMail> {
  const parsed = mailSchema.safeParse(input);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path, code }) => `${path.join(".")} (${code})`);
    throw new MailRefusedError(`the mail is not well-formed: ${fields.join(", ")}`);
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
        // RFC 3834: no person wrote it, so no robot should answer.
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
 * A text with `=?` would reach the reader as an encoded word and be decoded there (RFC 2047), since nodemailer
 * leaves ASCII as it is. A zero-width space keeps the two apart and makes it encode the whole.
 */
function escapeEncodedWords(subject: string): string {
  return subject.replaceAll("=?", "=\u200b?");
}
