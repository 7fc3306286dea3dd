import { now } from "../core/clock";
import { log } from "../core/log";
import { defineTask, enqueue } from "../tasks";
import { deleteExpiredBotRows, tidyingTaskKey } from "./tidy";

/** A run ends after the batch that passes it, well before the queue's time limit. */
const RUN_BUDGET_MS = 30_000;

/**
 * Queue `bot-tidying`: goes on with the daily tidy. Each batch is a statement of its own, so all of it is in `prepare`,
 * and the next run commits with the task. A run that was killed is run again and finds what is left.
 */
export const task = defineTask<"bot-tidying">()({
  prepare: async (payload) => ({ ...payload, ...(await deleteExpiredBotRows(now() + RUN_BUDGET_MS)) }),

  commit: async (tx, { day, run, isDone, deleted }) => {
    log().info({ day, run, isDone, ...deleted }, "expired rows of bots deleted");
    if (isDone) return;
    const next = { day, run: run + 1 };
    await enqueue(tx, "bot-tidying", next, { key: tidyingTaskKey(next) });
  },
});
