export const CONTESTANTS = ["lib/cache", "bentocache", "cachified", "cache-manager", "@unkey/cache"] as const;

export type ContestantName = (typeof CONTESTANTS)[number];

/** What the bench tells a worker, which answers each order with an `Answer`. */
export type WorkerCommand =
  /** 250 concurrent misses on a cold key. */
  | { do: "stampede"; name: ContestantName; key: string }
  /** Asks for what is in memory, over and over. */
  | { do: "hits"; name: ContestantName; count: number }
  /** Writes some keys, so that another worker finds them in Redis. */
  | { do: "write"; name: ContestantName; keys: string[] }
  /** Asks for them, with nothing in memory. */
  | { do: "readMany"; name: ContestantName; keys: string[] }
  /** Asks for one cold key after another. */
  | { do: "misses"; name: ContestantName; keys: string[] };

export interface WorkerResult {
  /** How often a loader was called. */
  loads: number;
  /** How long each call took; ms. `stampede` and `hits` give the whole. */
  ms: number[];
  /** What went wrong for callers. */
  errors: number;
}
