import { log } from "../core/log";
import { db } from "../db";
import { backgroundTaskService, defineTask, noticeSubject } from "../tasks";
import { postAlertNotice, toAlertMail, toAlertNotice } from "./send-alert";

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
      await postAlertNotice(toAlertNotice(alert, notice), taskId, signal);
      return null;
    }
    return toAlertMail(alert, notice);
  },
  async commit(tx, mail, { taskId }) {
    if (!mail) return;
    const { payload, alertId } = mail;
    await backgroundTaskService.sendTemplatedEmail(payload, {
      ...{ tx, key: `alert-${taskId}`, subject: noticeSubject(alertId) },
    });
  },
});
