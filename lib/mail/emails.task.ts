import { z } from "zod";
import { log } from "../core/log";
import { db } from "../db";
import { defineTask, NonRetryableTaskError, type Payload, type TaskContext } from "../tasks";
import { MailFailedError, MailRefusedError, MailUnavailableError } from "./errors";
import type { Mail } from "./mail";
import { type MailRecipient, resolveRecipient } from "./recipient";
import { sendMail } from "./send";

/** What is known of a mail, kept in its task's progress before and after the call that nobody can take back. */
const SENDING_PROGRESS = { done: 0, total: 1, note: "sending" } as const;
const NOT_SENT_PROGRESS = { done: 0, total: 1, note: "not sent" } as const;
const SENT_PROGRESS = { done: 1, total: 1, note: "sent" } as const;

/**
 * Queue `emails`: renders a mail and hands it to the mail server. To an account it goes to the address that the
 * account has by then; when the account is gone, or the link it was to carry is good no more, there is nothing to
 * do, and nothing wrong.
 *
 * What is promised: **at least once**. SMTP knows no idempotency, so the intent to send is stored before the call
 * and what came of it after it. Of an attempt that follows another one there are three cases:
 *
 * - the mail server took the mail, and this is noted: it is not sent again;
 * - it certainly did not take it: it is sent, and goes out once;
 * - the intent alone is there, because the process died or the answer was lost: it is sent again, with a warning
 *   in the log that it may arrive twice. Both carry the same `Message-ID`, made of the task's id.
 *
 * A refusal for good (5xx, or a mail that is not well-formed) ends the task; whatever else fails is tried again
 * until the deadline, a deployment without `SMTP_URL` included.
 */
export const task = defineTask<"emails">()({
  async prepare(payload, context) {
    const recipient = await resolveRecipient(payload.to);
    if (!recipient) return log().info({ taskId: context.taskId }, "nobody is left to write to");
    const previousNote = await readProgressNote(context.taskId);
    if (previousNote === SENT_PROGRESS.note) return;
    if (previousNote === SENDING_PROGRESS.note) {
      log().warn({ taskId: context.taskId, attempt: context.attempt }, "a mail may go out twice");
    }
    await send(payload, recipient, context);
  },
  // The mail is all there is; the task's own row says that it is done.
  async commit() {},
});

const progressSchema = z.object({ note: z.string() }).nullable().catch(null);

/** What the attempt before left. */
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
    // The catalogue knows names and shapes alone; sendMail holds the props to the template's own schema.
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
