import type { Transaction } from "../db";
import type { BestEffortQueue, GuaranteedQueue, HandledQueue, Payload } from "./catalogue";

/** What a handler is told and may ask while it runs. */
export interface TaskContext {
  /** The same at every attempt: what an idempotency key for the outside world is made of. */
  readonly taskId: string;
  /** From 1. */
  readonly attempt: number;
  /** Aborted when the run may take no longer. */
  readonly signal: AbortSignal;
  /**
   * Tells whoever started the task how far it is, and makes the lease last from now on.
   * @throws {LeaseLostError} another delivery has taken over, or the task was called off: stop
   */
  reportProgress(progress: Progress): Promise<void>;
}

export interface Progress {
  done: number;
  total: number;
  /** A few words for people. */
  note?: string;
}

/**
 * The two halves of a guaranteed task. Anything either throws means: try again later; {@link NonRetryableTaskError}
 * means: never.
 */
export interface TaskHandler<Q extends GuaranteedQueue, R> {
  /**
   * The slow and the outside work, with no transaction open. May run more than once, also at the same time as
   * another attempt: what it does outside carries an idempotency key made of `context.taskId`.
   */
  prepare(payload: Payload<Q>, context: TaskContext): Promise<R>;
  /**
   * Short. What it writes commits together with the task's completion, once: an attempt that was overtaken is
   * rolled back.
   */
  commit(tx: Transaction, result: R, context: TaskContext): Promise<void>;
}

/** Of what `defineTask` made: what came of `prepare` stays between the two halves. */
export type AnyTaskHandler<Q extends GuaranteedQueue> = TaskHandler<Q, unknown>;

/** A best-effort queue's handler. It must stand being run twice, and not at all. */
export type BestEffortHandler<Q extends BestEffortQueue> = (payload: Payload<Q>) => Promise<void>;

export type HandlerFor<Q extends HandledQueue> = Q extends GuaranteedQueue
  ? AnyTaskHandler<Q>
  : Q extends BestEffortQueue
    ? BestEffortHandler<Q>
    : never;

/**
 * What `<queue>.task.ts` exports as `task`. Without `prepare` the payload itself is handed to `commit`.
 *
 * ```ts
 * export const task = defineTask<"leaderboards">()({ prepare: …, commit: … });
 * ```
 */
export function defineTask<Q extends GuaranteedQueue>() {
  return <R = Payload<Q>>(
    handler: Pick<TaskHandler<Q, R>, "commit"> & Partial<Pick<TaskHandler<Q, R>, "prepare">>,
  ): AnyTaskHandler<Q> => ({
    prepare: handler.prepare ?? (async (payload) => payload),
    commit: (tx, result, context) => handler.commit(tx, result as R, context),
  });
}

/** It can never succeed: the task is dead, and somebody is told. */
export class NonRetryableTaskError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = "NonRetryableTaskError";
  }
}

/** This attempt has been overtaken, or the task was called off. Nothing it does from here on counts. */
export class LeaseLostError extends Error {
  constructor(taskId: string) {
    super(`the lease of task ${taskId} is lost`);
    this.name = "LeaseLostError";
  }
}
