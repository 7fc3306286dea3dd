export const CONTESTANTS = ["lib/cache", "bentocache", "cachified", "cache-manager", "@unkey/cache"] as const;

export type ContestantName = (typeof CONTESTANTS)[number];

/** Messages to a worker, which replies to each with a `WorkerResult`. */
export type WorkerCommand =
  /** 250 concurrent misses on a cold key. */
  | { do: "stampede"; name: ContestantName; key: string }
  /** Reads one key from memory, `count` times. */
  | { do: "hits"; name: ContestantName; count: number }
  /** Writes keys to Redis, for `readMany`. */
  | { do: "write"; name: ContestantName; keys: string[] }
  /** Reads the written keys, with empty memory. */
  | { do: "readMany"; name: ContestantName; keys: string[] }
  /** Reads cold keys, one after another. */
  | { do: "misses"; name: ContestantName; keys: string[] };

export interface WorkerResult {
  /** How often a loader was called. */
  loads: number;
  /** Duration of each call (ms); `stampede` and `hits` give the total. */
  ms: number[];
  /** How many calls failed. */
  errors: number;
}
