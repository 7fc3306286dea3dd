import { now } from "../core/clock";
import { env } from "../core/env";
import { log } from "../core/log";
import type { Transaction } from "../db";
import { enqueue } from "./background-task-service";
import type { PayloadInput } from "./catalogue";

type Notice = PayloadInput<"alert-notices">;

/** A thousand dead mails are one fault: of each kind so many are announced within an hour, and the console lists all. */
export const MAX_ANNOUNCED_PER_HOUR = 20;
const HOUR_MS = 3_600_000;

const SUBJECT_PREFIX = "alert:";

/** The subject of the tasks that announce an alert. */
export const noticeSubject = (alertId: string) => `${SUBJECT_PREFIX}${alertId}`;

/** Whether a task announces an alert: when it dies nothing else is sent, or a broken webhook would never come to rest. */
export const isNoticeSubject = (subject: string | null) => subject?.startsWith(SUBJECT_PREFIX) ?? false;

/** Enqueues the notices of an alert that opens, in its transaction. */
export async function announceOpening(
  tx: Transaction,
  { id, kind, openedAt }: { id: string; kind: string; openedAt: Date },
): Promise<void> {
  if (channels().length === 0) return;
  const announced = await tx.alert.count({
    where: { kind, isAnnounced: true, openedAt: { gt: new Date(now() - HOUR_MS) } },
  });
  if (announced >= MAX_ANNOUNCED_PER_HOUR) {
    log().warn({ alert: kind }, "alert not announced: too many of its kind within an hour");
    return;
  }
  await tx.alert.update({ where: { id }, data: { isAnnounced: true }, select: { id: true } });
  await enqueueNotices(tx, {
    ...{ alertId: id, event: "opened", openedAt: openedAt.toISOString(), resolvedAt: null },
    isLastOfHour: announced === MAX_ANNOUNCED_PER_HOUR - 1,
  });
}

/** Enqueues the notices of an alert that was announced and is closed, in the transaction that closes it. */
export async function announceClosing(
  tx: Transaction,
  { id, openedAt, closedAt }: { id: string; openedAt: Date; closedAt: Date },
): Promise<void> {
  await enqueueNotices(tx, {
    ...{ alertId: id, event: "resolved", openedAt: openedAt.toISOString() },
    ...{ resolvedAt: closedAt.toISOString(), isLastOfHour: false },
  });
}

/** One task for each channel and event of an opening, however often it is enqueued. */
async function enqueueNotices(tx: Transaction, notice: Omit<Notice, "channel">): Promise<void> {
  const { alertId, event, openedAt } = notice;
  for (const channel of channels()) {
    await enqueue(
      tx,
      "alert-notices",
      { ...notice, channel },
      { key: `${alertId}:${openedAt}:${event}:${channel}`, subject: noticeSubject(alertId) },
    );
  }
}

function channels(): Notice["channel"][] {
  const { ALERT_WEBHOOK_URL, ALERT_MAIL } = env();
  return [
    ...(ALERT_WEBHOOK_URL === undefined ? [] : (["webhook"] as const)),
    ...(ALERT_MAIL === undefined ? [] : (["mail"] as const)),
  ];
}
