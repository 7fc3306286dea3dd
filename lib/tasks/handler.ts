import type { Transaction } from "../db";
import type { BestEffortQueue, GuaranteedQueue, HandledQueue, Payload } from "./catalogue";

/** Context of one attempt. */
export interface TaskContext {
  /** The same at every attempt: derive idempotency keys for external calls from it. */
  readonly taskId: string;
  /** From 1. */
  readonly attempt: number;
  /** Aborted when the run has reached its time limit. */
  readonly signal: AbortSignal;
  /**
   * Reports progress to the owner and renews the lease.
   * @throws {LeaseLostError} another delivery took over, or the task was cancelled: stop
   */
  reportProgress(progress: Progress): Promise<void>;
}

export interface Progress {
  done: number;
  total: number;
  /** A short text for the owner. */
  note?: string;
}

/**
 * The two halves of a guaranteed task. Any error is retried, except {@link NonRetryableTaskError}.
 */
export interface TaskHandler<Q extends GuaranteedQueue, R> {
  /**
   * Slow and external work, with no transaction open. May run more than once and concurrently with another attempt:
   * external calls need an idempotency key derived from `context.taskId`.
   */
  prepare(payload: Payload<Q>, context: TaskContext): Promise<R>;
  /**
   * Short. Its writes commit once, in the transaction that completes the task; an attempt whose lease was taken over is
   * rolled back. No external effects: a deadlock reruns it.
   */
  commit(tx: Transaction, result: R, context: TaskContext): Promise<void>;
  /**
   * Nothing runs the task any more: it is dead, late or cancelled. Writes in the transaction that marks it, so that what
   * waits for the task does not wait for ever. An operator may replay a dead one: `commit` undoes it then, or finds
   * nothing left to do.
   */
  abandon?(tx: Transaction, payload: Payload<Q>, taskId: string): Promise<void>;
}

/** A handler made by `defineTask`; the result type of `prepare` is hidden. */
export type AnyTaskHandler<Q extends GuaranteedQueue> = TaskHandler<Q, unknown>;

/** A best-effort queue's handler. It may run twice, or never. */
export type BestEffortHandler<Q extends BestEffortQueue> = (payload: Payload<Q>) => Promise<void>;

export type HandlerFor<Q extends HandledQueue> = Q extends GuaranteedQueue
  ? AnyTaskHandler<Q>
  : Q extends BestEffortQueue
    ? BestEffortHandler<Q>
    : never;

/**
 * Makes what `<queue>.task.ts` exports as `task`. Without `prepare`, `commit` gets the payload.
 *
 * ```ts
 * export const task = defineTask<"leaderboards">()({ prepare: …, commit: … });
 * ```
 */
export function defineTask<Q extends GuaranteedQueue>() {
  return <R = Payload<Q>>(
    handler: Pick<TaskHandler<Q, R>, "commit"> & Partial<TaskHandler<Q, R>>,
  ): AnyTaskHandler<Q> => ({
    prepare: handler.prepare ?? (async (payload) => payload),
    commit: (tx, result, context) => handler.commit(tx, result as R, context),
    ...(handler.abandon ? { abandon: handler.abandon } : {}),
  });
}

/** Throw it when a task can never succeed: the task is dead, with an alert. */
export class NonRetryableTaskError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = "NonRetryableTaskError";
  }
}

/** Another delivery took over, or the task was cancelled. This attempt can no longer commit. */
export class LeaseLostError extends Error {
  constructor(taskId: string) {
    super(`lease of task ${taskId} lost`);
    this.name = "LeaseLostError";
  }
}
