export const WORK = [
  "views: lib/views",
  "views: a transaction each",
  "views: a REST call each",
  "views: the SDK's pipeline",
  "sync: 10,000 views",
  "sync: 500 views, row by row",
  "feed: 20 counts",
] as const;

export type WorkName = (typeof WORK)[number];

/** What the bench tells its worker, which answers each order with an `Answer`. */
export type Order = { do: "prepare"; work: WorkName } | { do: "run" };

export interface Answer {
  /** How long the run took, in the worker. */
  ms: number;
}
