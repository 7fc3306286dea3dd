import { failpoint } from "../core/failpoint";
import { log } from "../core/log";

/** A task that is in Postgres and that QStash did not take: its quota is used up, or it did not answer. */
export interface RejectedTask {
  id: string;
  queue: string;
  delaySeconds: number;
}

/** What can run tasks without QStash (drain-money-lane.ts). */
interface RejectedTaskRunner {
  run(tasks: readonly RejectedTask[]): Promise<void>;
  drain(options: { budgetMs: number; isQstashDown: boolean }): Promise<void>;
}

let runner: RejectedTaskRunner | undefined;

/**
 * Sets what runs rejected tasks. Handlers live in domains, which import this folder, so the runner is passed in by the
 * routes (app/api/define-route.ts). Without one all rejected tasks wait for the sweeper.
 */
export function setRejectedTaskRunner(value: RejectedTaskRunner): void {
  runner = value;
}

/** Runs what may run without QStash; the rest stays in the outbox. Never throws. */
export async function runRejectedTasks(tasks: readonly RejectedTask[]): Promise<void> {
  try {
    await failpoint("tasks.rejected");
    await runner?.run(tasks);
  } catch (error) {
    log().warn({ err: error }, "rejected tasks not run: left to the sweeper");
  }
}

/** Runs all due tasks that may run without QStash, until the budget is used up. Never throws. */
export async function drainWithoutQstash(budgetMs: number): Promise<void> {
  await runner?.drain({ budgetMs, isQstashDown: true });
}
