import { env } from "../core/env";
import { sendOutgoingRequest } from "../core/outgoing-request";
import { db } from "../db";
import { ALERT_TEST_KIND, type AlertNotice, getAlertTitle } from "../schemas/alert";
import { localeSchema } from "../schemas/locale";
import type { Payload } from "../tasks";

/** Within the queue's time limit. */
const WEBHOOK_TIMEOUT_MS = 8_000;
const MAX_ANSWER_BYTES = 64 * 1_024;
const CONSOLE_PATH = "/admin/alerts";

export interface AlertRow {
  id: string;
  kind: string;
  subject: string;
  message: string;
}

/** What the webhook gets. */
export function toAlertNotice(
  { id, kind, subject, message }: AlertRow,
  { event, openedAt, resolvedAt, isLastOfHour }: Payload<"alert-notices">,
): AlertNotice {
  const title = getAlertTitle(kind, "en");
  return {
    ...{ event, id, kind, title, subject, message },
    since: openedAt,
    resolvedAt,
    link: `${env().APP_URL}${CONSOLE_PATH}`,
    runbook: `docs/OPERATIONS.md#${kind === ALERT_TEST_KIND ? "where-alerts-are-sent" : kind}`,
    isLastOfHour,
    text: `${event === "opened" ? "Alert" : "Alert closed"}: ${title} (${subject}). ${message}`,
  };
}

/** @param key  the same for every attempt @throws {OutgoingRequestError} */
export async function postAlertNotice(notice: AlertNotice, key: string, signal: AbortSignal): Promise<void> {
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
      "idempotency-key": key,
    },
  });
}

/** In the language of the account with that address, else in Russian. */
export async function toAlertMail(
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
