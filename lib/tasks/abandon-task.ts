import type { Transaction } from "../db";

/** A task that nothing will run any more, unless an operator replays it. */
export interface AbandonedTask {
  id: string;
  queue: string;
  version: number;
  payload: unknown;
}

type Abandon = (tx: Transaction, task: AbandonedTask) => Promise<void>;

let abandon: Abandon | undefined;

/**
 * Sets what abandons tasks. Handlers live in domains, which import this folder, so it is passed in by the routes
 * (app/api/define-route.ts). Without one what a task leaves behind waits for the tidy of its domain.
 */
export function setTaskAbandoner(value: Abandon): void {
  abandon = value;
}

/** Lets the queue's handler clear up after a task, in the transaction that makes it dead or cancelled. */
export async function abandonTask(tx: Transaction, task: AbandonedTask): Promise<void> {
  await abandon?.(tx, task);
}
