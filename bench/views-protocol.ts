export const WORKLOADS = [
  "views: lib/views",
  "views: a transaction each",
  "views: a REST call each",
  "views: the SDK's pipeline",
  "sync: 10,000 views",
  "sync: 500 views, row by row",
  "feed: 20 counts",
] as const;

export type WorkloadName = (typeof WORKLOADS)[number];

/** Messages to the worker, which replies to each with a `WorkerResult`. */
export type WorkerCommand = { do: "prepare"; work: WorkloadName } | { do: "run" };

export interface WorkerResult {
  /** Duration of the run, measured in the worker. */
  ms: number;
}
