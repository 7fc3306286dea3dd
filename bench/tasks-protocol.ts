/** Messages to the worker of `npm run bench:tasks`, which replies to each with a `WorkerResult`. */
export type WorkerCommand =
  /** Creates tasks that wait for a delivery. */
  | { do: "await-delivery"; count: number }
  /** Runs transactions one after another, each with a change and optionally a task. */
  | { do: "transactions"; count: number; withTask: boolean }
  /** Runs one transaction with many tasks. */
  | { do: "many-tasks"; count: number }
  /** Creates tasks that the sweeper finds due. */
  | { do: "make-due"; count: number }
  | { do: "sweep" }
  /** Waits for the work that was deferred until after the responses. */
  | { do: "settle" };

export interface WorkerResult {
  /** Duration, measured in the worker. */
  ms: number;
  /** Tasks that were created. */
  taskIds: string[];
}
