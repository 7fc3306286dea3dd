import { z } from "zod";
import { log } from "../core/log";
import { db } from "../db";
import { defineTask, NonRetryableTaskError, type Payload, type TaskContext } from "../tasks";
import { MailFailedError, MailRefusedError, MailUnavailableError } from "./errors";
import type { Mail } from "./mail";
import { type MailRecipient, resolveRecipient } from "./recipient";
import { sendMail } from "./send";

/** A mail's state, stored in its task's progress before and after the SMTP call, which cannot be undone. */
const SENDING_PROGRESS = { done: 0, total: 1, note: "sending" } as const;
const NOT_SENT_PROGRESS = { done: 0, total: 1, note: "not sent" } as const;
const SENT_PROGRESS = { done: 1, total: 1, note: "sent" } as const;

/**
 * Queue `emails`: renders a mail and hands it to the mail server. A mail to an account goes to the account's address
 * at the time of sending; when the account was deleted, or the mail's link was used or has expired, the task succeeds
 * without sending.
 *
 * Delivery is **at least once**. SMTP has no idempotency, so the intent to send is stored before the call and its
 * outcome after it. A retry finds one of three cases:
 *
 * - `sent`: the server accepted the mail; it is not sent again;
 * - `not sent`: the server certainly did not accept it; it is sent, and arrives once;
 * - `sending`: the process died or the response was lost; it is sent again, with a warning in the log that it may
 *   arrive twice. Both copies have the same `Message-ID`, made of the task's id.
 *
 * A permanent refusal (5xx, or a malformed mail) ends the task; any other failure, a missing `SMTP_URL` included, is
 * retried until the deadline.
 */
export const task = defineTask<"emails">()({
  async prepare(payload, context) {
    const recipient = await resolveRecipient(payload.to);
    if (!recipient)
      return log().info({ taskId: context.taskId }, "mail skipped: account deleted, or link used or expired");
    const previousNote = await readProgressNote(context.taskId);
    if (previousNote === SENT_PROGRESS.note) return;
    if (previousNote === SENDING_PROGRESS.note) {
      log().warn(
        { taskId: context.taskId, attempt: context.attempt },
        "mail may arrive twice: the previous attempt has an unknown outcome",
      );
    }
    await send(payload, recipient, context);
  },
  // Nothing to commit besides the task's own row.
  async commit() {},
});

const progressSchema = z.object({ note: z.string() }).nullable().catch(null);

/** The previous attempt's progress note. */
async function readProgressNote(taskId: string): Promise<string | undefined> {
  const row = await db().task.findUnique({ where: { id: taskId }, select: { progress: true } });
  return progressSchema.parse(row?.progress)?.note;
}

async function send(
  { template, props, locale }: Payload<"emails">,
  recipient: MailRecipient,
  context: TaskContext,
): Promise<void> {
  await context.reportProgress(SENDING_PROGRESS);
  try {
    // The queue's schema checks names and shapes only; sendMail checks the props against the template's schema.
    await sendMail({
      to: recipient.address,
      locale,
      template,
      props: { ...props, ...recipient.props },
      idempotencyKey: context.taskId,
    } as Mail);
  } catch (error) {
    if (!mayHaveArrived(error)) await context.reportProgress(NOT_SENT_PROGRESS);
    if (error instanceof MailRefusedError) throw new NonRetryableTaskError(error.message, { cause: error });
    throw error;
  }
  await context.reportProgress(SENT_PROGRESS);
}

function mayHaveArrived(error: unknown): boolean {
  if (error instanceof MailFailedError) return error.mayHaveArrived;
  return !(error instanceof MailRefusedError || error instanceof MailUnavailableError);
}
