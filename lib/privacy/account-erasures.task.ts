import { recordAudit } from "../audit";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { db } from "../db";
import { backgroundTaskService, defineTask, NonRetryableTaskError } from "../tasks";
import { syncViewsBeforeErasure } from "../views";
import { eraseAccount } from "./erase-account";
import { erasureTaskKey } from "./erasure-task-key";
import { hideAccount } from "./hide-account";

/** A run ends after the batch that passes it, well before the queue's time limit, and enqueues the next run. */
const RUN_BUDGET_MS = 30_000;
/** How often the lease is renewed. */
const REPORT_INTERVAL_MS = 2_000;

/**
 * Queue `account-erasures`: erases an account whose deletion was requested. Everything is in `prepare`, because each
 * batch is a transaction of its own; the next run, or the audit entry, commits with the task. A run that was killed is
 * run again and continues.
 */
export const task = defineTask<"account-erasures">()({
  prepare: async (payload, context) => {
    const { userId, run } = payload;
    const startedAt = performance.now();
    const account = await db().user.findUnique({ where: { id: userId }, select: { deletedAt: true } });
    if (account && account.deletedAt === null) {
      throw new NonRetryableTaskError("the deletion of the account was not requested");
    }
    if (run === 1) {
      await hideAccount(userId, RUN_BUDGET_MS);
      await syncViewsBeforeErasure();
    }
    let reportedAt = startedAt;
    const isErased = await eraseAccount(payload, async () => {
      const at = performance.now();
      if (at - reportedAt > REPORT_INTERVAL_MS) {
        reportedAt = at;
        await context.reportProgress({ done: at - startedAt, total: RUN_BUDGET_MS, note: "ms of this run" });
      }
      return at - startedAt < RUN_BUDGET_MS;
    });
    if (isErased) await failpoint("privacy.erased");
    return { ...payload, isErased };
  },

  commit: async (tx, { userId, seq, run, isErased }) => {
    if (!isErased) {
      const next = { userId, seq, run: run + 1 };
      await backgroundTaskService.eraseAccount(next, { tx, key: erasureTaskKey(next) });
      return;
    }
    await recordAudit(tx, { action: "account_erased", actorId: null, subject: `user:${userId}` });
    log().info({ userId, runs: run }, "account erased");
  },
});
