/** Messages of `npm run bench:bot` to its processes. */

/** A bot of the benchmark, with who talks to it. */
export interface BenchBot {
  id: string;
  /** The header that Telegram sends. */
  secret: string;
  /** Telegram users, all linked with accounts. */
  people: number[];
}

export type InstanceCommand =
  /** Adds bots with people. */
  | { do: "prepare"; bots: number; peopleOfEach: number }
  /** Ends what was deferred, and counts. */
  | { do: "count" };

/** Of one instance since its start. */
export interface InstanceCounts {
  bots: BenchBot[];
  statements: Record<StatementKind, number>;
  /** Lookups of the cache by namespace: how many, and how many were answered by it. */
  lookups: Record<string, { all: number; hits: number }>;
  cpuMs: number;
}

export type StatementKind = "reads" | "writes" | "brackets";

export type PeopleCommand =
  | { do: "meet"; bots: BenchBot[]; instanceUrls: string[] }
  /** One person writes messages one after another, each when the one before was answered. */
  | { do: "talk"; messages: number }
  /** So many people write every `INTERVAL_SECONDS`; what they write in the first seconds is not measured. */
  | { do: "write"; people: number; warmUpSeconds: number; seconds: number };

/** What people saw. */
export interface PeopleResult {
  /** Updates that were delivered to the webhook and measured. */
  updates: number;
  /** From the update's arrival at the webhook to the bot's first call of the Bot API. */
  p50Ms: number;
  p95Ms: number;
  /** Updates that no call followed. */
  unanswered: number;
  /** Deliveries that the webhook refused, which are repeated. */
  refused: number;
  seconds: number;
  cpuMs: number;
}

/** Each person writes as often. */
export const INTERVAL_SECONDS = 30;
