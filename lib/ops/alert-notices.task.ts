import { env } from "../core/env";
import { log } from "../core/log";
import { sendOutgoingRequest } from "../core/outgoing-request";
import { db } from "../db";
import { type AlertNotice, getAlertTitle } from "../schemas/alert";
import { localeSchema } from "../schemas/locale";
import { backgroundTaskService, defineTask, noticeSubject, type Payload } from "../tasks";

/** Within the queue's time limit. */
const WEBHOOK_TIMEOUT_MS = 8_000;
const MAX_ANSWER_BYTES = 64 * 1_024;
const CONSOLE_PATH = "/admin/alerts";

/**
 * Queue `alert-notices`: posts to the operators' webhook, or enqueues their mail. At least once: a webhook whose answer
 * was lost gets the notice again, under the same `Idempotency-Key`. An opening that is over by then is left out, since
 * its end would arrive first.
 */
export const task = defineTask<"alert-notices">()({
  async prepare(notice, { taskId, signal }) {
    const { alertId, event, channel, openedAt } = notice;
    const alert = await db().alert.findUnique({ where: { id: alertId } });
    const isOver = alert?.openedAt.toISOString() !== openedAt || alert.closedAt !== null;
    if (!alert || (event === "opened" && isOver)) {
      log().info({ taskId, alertId }, "notice of an alert left out: it is closed");
      return null;
    }
    if (channel === "webhook") {
      await postNotice(toNotice(alert, notice), taskId, signal);
      return null;
    }
    return toMail(alert, notice);
  },
  async commit(tx, mail, { taskId }) {
    if (!mail) return;
    const { payload, alertId } = mail;
    await backgroundTaskService.sendTemplatedEmail(payload, {
      ...{ tx, key: `alert-${taskId}`, subject: noticeSubject(alertId) },
    });
  },
});

interface AlertRow {
  id: string;
  kind: string;
  subject: string;
  message: string;
}

function toNotice(
  { id, kind, subject, message }: AlertRow,
  { event, openedAt, resolvedAt, isLastOfHour }: Payload<"alert-notices">,
): AlertNotice {
  const title = getAlertTitle(kind, "en");
  return {
    ...{ event, id, kind, title, subject, message },
    since: openedAt,
    resolvedAt,
    link: `${env().APP_URL}${CONSOLE_PATH}`,
    runbook: `docs/OPERATIONS.md#${kind}`,
    isLastOfHour,
    text: `${event === "opened" ? "Alert" : "Alert closed"}: ${title} (${subject}). ${message}`,
  };
}

async function postNotice(notice: AlertNotice, taskId: string, signal: AbortSignal): Promise<void> {
  const { ALERT_WEBHOOK_URL } = env();
  // No longer set since the task was enqueued.
  if (ALERT_WEBHOOK_URL === undefined) return;
  const url = new URL(ALERT_WEBHOOK_URL);
  // Only names with public addresses are called, and this one is meant.
  if (url.hostname === "localhost") url.hostname = "127.0.0.1";
  await sendOutgoingRequest({
    ...{ method: "POST", url, signal, timeoutMs: WEBHOOK_TIMEOUT_MS, maxResponseBytes: MAX_ANSWER_BYTES },
    body: Buffer.from(JSON.stringify(notice)),
    headers: {
      "content-type": "application/json",
      "user-agent": "NormalDance-alerts",
      "idempotency-key": taskId,
    },
  });
}

/** In the language of the account with that address, else in Russian. */
async function toMail(
  { id, kind, subject, message }: AlertRow,
  { event, openedAt, isLastOfHour }: Payload<"alert-notices">,
) {
  const { ALERT_MAIL } = env();
  if (ALERT_MAIL === undefined) return null;
  const account = await db().user.findUnique({
    where: { email: ALERT_MAIL.toLowerCase() },
    select: { locale: true },
  });
  return {
    alertId: id,
    payload: {
      to: { address: ALERT_MAIL },
      locale: localeSchema.catch("ru").parse(account?.locale),
      template: "alert",
      props: { event, kind, subject, message, since: openedAt, isLastOfHour, consoleLink: CONSOLE_PATH },
    },
  };
}
