import type { Clock } from "./clock";

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

/** Every bound that keeps a server from growing for ever, and every wait it makes. */
export interface Limits {
  /** Messages with one deduplication id within this time are one. QStash documents ten minutes. */
  dedupWindowMs: number;
  /** How long log entries are kept at most. */
  logRetentionMs: number;
  /** How many log entries are kept at most; the oldest go first. */
  maxLogEntries: number;
  /** Memory the log may hold with the bodies of its messages; the oldest entries go first. */
  maxLogBytes: number;
  /** How long dead letters are kept. QStash keeps them 3 to 7 days on its small plans. */
  deadLetterRetentionMs: number;
  maxDeadLetters: number;
  /** A larger request is answered 413. */
  maxBodyBytes: number;
  /** What is kept of a destination's response for callbacks and dead letters. */
  maxResponseBytes: number;
  /** What is kept of a response in the log. */
  maxLoggedResponseBytes: number;
  /** How long a destination may take when the message does not say. */
  defaultTimeoutMs: number;
  /** A message can be asked for this long after it ended; then only the log knows it. */
  finishedMessageRetentionMs: number;
  /** Deliveries under way at once, over everything. */
  globalParallelism: number;
  /** The journal is folded into a snapshot when it is larger than this and than twice the last snapshot. */
  compactAfterBytes: number;
  /** A flow control key that nobody used for this long is forgotten, unless it is pinned or paused. */
  idleFlowKeyRetentionMs: number;
}

export const defaultLimits: Limits = {
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
  /** Folder for the journal; `null` keeps everything in memory. */
  dataDir: string | null;
  /** What callers authenticate with. */
  token: string;
  /**
   * Keys to sign with. A rotation is kept in `dataDir` and outlives a restart with the same keys given;
   * other keys given replace what was kept. Without it a pair is made up, and kept.
   */
  signingKeys?: SigningKeys;
  /** Multiplies every wait between two attempts: backoff, `Upstash-Retry-Delay` and `Retry-After`. */
  retryScale?: number;
  /**
   * Delivers to another address without changing the URL that is signed and logged: host (or host:port, or
   * `*` for every host that is not loopback) to the base URL to connect to. For messages meant for a public
   * name that should reach a process on this machine.
   */
  connectTo?: Record<string, string>;
  limits?: Partial<Limits>;
  clock?: Clock;
}
