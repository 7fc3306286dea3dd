import { z } from "zod";
import { now } from "../core/clock";
import { env } from "../core/env";
import { newId } from "../core/ids";
import { OutgoingRequestError } from "../core/outgoing-request";
import type { SignedInCaller } from "../core/permission";
import { MailFailedError, MailRefusedError, MailUnavailableError, sendMail } from "../mail";
import { ALERT_TEST_KIND } from "../schemas/alert";
import { recordThen } from "./record-then";
import { requireOperator } from "./require-operator";
import { postAlertNotice, toAlertMail, toAlertNotice } from "./send-alert";

export const alertTestSchema = z.object({
  /** Empty when neither a webhook nor an address is configured. */
  channels: z.array(
    z.object({
      channel: z.enum(["webhook", "mail"]),
      sent: z.boolean(),
      /** What it answered, or why it has nothing. */
      answer: z.string(),
    }),
  ),
});

export type AlertTest = z.infer<typeof alertTestSchema>;

const MESSAGE = "This is a test. Nothing has happened, and nothing needs to be done.";
const TIME_LIMIT_MS = 10_000;

/**
 * Sends a test alert to the webhook and the mail address that are configured, at once and not by a task, so that what they
 * answer is known. There is no alert behind it.
 * @throws {AppError} forbidden; fresh_sign_in_required
 */
export async function sendTestAlert(
  caller: SignedInCaller,
  auditContext: Parameters<typeof recordThen>[1],
): Promise<AlertTest> {
  requireOperator(caller);
  const { ALERT_WEBHOOK_URL, ALERT_MAIL } = env();
  const id = newId();
  const row = { id, kind: ALERT_TEST_KIND, subject: `test:${id}`, message: MESSAGE };
  const openedAt = new Date(now()).toISOString();
  const payload = { alertId: id, event: "opened", openedAt, resolvedAt: null, isLastOfHour: false } as const;
  return recordThen({ caller, action: "alert_tested" }, auditContext, async () => ({
    channels: [
      ...(ALERT_WEBHOOK_URL === undefined
        ? []
        : [
            await attempt("webhook", async () => {
              const notice = toAlertNotice(row, { ...payload, channel: "webhook" });
              await postAlertNotice(notice, id, AbortSignal.timeout(TIME_LIMIT_MS));
              return "status 2xx";
            }),
          ]),
      ...(ALERT_MAIL === undefined
        ? []
        : [
            await attempt("mail", async () => {
              const mail = await toAlertMail(row, { ...payload, channel: "mail" });
              if (!mail) return "no address";
              const { to, ...rest } = mail.payload;
              const { messageId } = await sendMail({
                ...rest,
                template: "alert",
                to: to.address,
                idempotencyKey: id,
              });
              return `taken by the mail server as ${messageId}`;
            }),
          ]),
    ],
  }));
}

async function attempt(
  channel: "webhook" | "mail",
  send: () => Promise<string>,
): Promise<AlertTest["channels"][number]> {
  try {
    return { channel, sent: true, answer: await send() };
  } catch (error) {
    if (!isExpected(error)) throw error;
    return { channel, sent: false, answer: error.message };
  }
}

/** Their messages have no address and no secret. */
function isExpected(error: unknown): error is Error {
  const kinds = [OutgoingRequestError, MailRefusedError, MailFailedError, MailUnavailableError];
  return kinds.some((kind) => error instanceof kind);
}
