import type { Clock } from "./clock";
import type { Plan, PlanName } from "./plans";

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface SigningKeys {
  current: string;
  next: string;
}

/** The bounds of memory and disk, the time limits, and the plan's. */
export interface Limits {
  /** Null: nothing is limited by a plan. */
  plan: Plan | null;
  /** Messages with the same deduplication id in this time are duplicates. QStash documents ten minutes. */
  dedupWindowMs: number;
  /** Maximum age of log entries. */
  logRetentionMs: number;
  /** Maximum number of log entries; the oldest are dropped first. */
  maxLogEntries: number;
  /** Maximum memory of the log with the bodies of its messages; the oldest entries are dropped first. */
  maxLogBytes: number;
  /** Maximum age of dead letters. QStash keeps them 3 to 7 days on its small plans. */
  deadLetterRetentionMs: number;
  maxDeadLetters: number;
  /** A larger request is answered 413. */
  maxBodyBytes: number;
  /** Bytes of a destination's response that callbacks and dead letters keep. */
  maxResponseBytes: number;
  /** Bytes of a response that the log keeps. */
  maxLoggedResponseBytes: number;
  /** Time limit of a delivery for messages without a timeout. */
  defaultTimeoutMs: number;
  /** How long the API still returns a finished message; later only the log has it. */
  finishedMessageRetentionMs: number;
  /** Maximum number of deliveries in flight. */
  globalParallelism: number;
  /** The journal is compacted into a snapshot when it is larger than this and than twice the last snapshot. */
  compactAfterBytes: number;
  /** A flow control key that is unused for this long is deleted, unless it is pinned or paused. */
  idleFlowKeyRetentionMs: number;
}

export const defaultLimits: Limits = {
  plan: null,
  dedupWindowMs: 10 * MINUTE,
  logRetentionMs: 3 * DAY,
  maxLogEntries: 20_000,
  maxLogBytes: 64 * MIB,
  deadLetterRetentionMs: 7 * DAY,
  maxDeadLetters: 10_000,
  maxBodyBytes: 10 * MIB,
  maxResponseBytes: MIB,
  maxLoggedResponseBytes: 4 * KIB,
  defaultTimeoutMs: 15 * MINUTE,
  finishedMessageRetentionMs: 30 * SECOND,
  globalParallelism: 200,
  compactAfterBytes: 16 * MIB,
  idleFlowKeyRetentionMs: HOUR,
};

export interface QstashOptions {
  /** 0 (the default) picks a free port. */
  port?: number;
  /** Address to listen on. Anything but loopback shows messages to the network. */
  host?: string;
  /** Folder of the journal; `null` keeps everything in memory. */
  dataDir: string | null;
  /** Bearer token of callers. */
  token: string;
  /**
   * Signing keys. A rotation is stored in `dataDir` and survives a restart with the same keys; other keys replace the
   * stored ones. By default a pair is generated and stored.
   */
  signingKeys?: SigningKeys;
  /** Multiplies every delay between two attempts: backoff, `Upstash-Retry-Delay` and `Retry-After`. */
  retryScale?: number;
  /**
   * Maps a host (or host:port, or `*` for every host that is not loopback) to the base URL to connect to; the signed
   * and logged URL stays the same. For messages to a public name that should reach a process on this machine.
   */
  connectTo?: Record<string, string>;
  /** Enforces what this plan allows; by default nothing is limited by a plan. */
  plan?: PlanName;
  limits?: Partial<Limits>;
  clock?: Clock;
}
