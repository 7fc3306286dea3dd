/** What `npm run bench:tasks` tells its worker, which answers each order with an `Answer`. */
export type WorkerCommand =
  /** Tasks that wait for a delivery. */
  | { do: "await-delivery"; count: number }
  /** One transaction after another, each with a change and perhaps a task. */
  | { do: "transactions"; count: number; withTask: boolean }
  /** One transaction with many tasks. */
  | { do: "many-tasks"; count: number }
  /** Tasks that the sweeper finds due. */
  | { do: "make-due"; count: number }
  | { do: "sweep" }
  /** What was deferred until after the answers is done. */
  | { do: "settle" };

export interface WorkerResult {
  /** How long it took, in the worker. */
  ms: number;
  /** Tasks that were made. */
  taskIds: string[];
}
