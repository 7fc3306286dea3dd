import type { Clock } from "../qstash/clock";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const MIB = 1024 * 1024;

/** The bounds of memory and disk, and Telegram's own. */
export interface Limits {
  /** A larger request is answered 413. */
  maxBodyBytes: number;
  /** Messages that a chat keeps; the oldest are dropped first. */
  maxMessagesPerChat: number;
  /** Calls, and delivered updates, that a bot's log keeps. */
  maxLogEntries: number;
  /** Telegram keeps an update for a day. */
  updateRetentionMs: number;
  /** For how long a pressed button can be answered. Telegram does not publish its time. */
  callbackTtlMs: number;
  /** For how long a bot may delete and edit its messages. */
  deletableMs: number;
  /** A webhook that has not answered by then counts as failed. */
  webhookTimeoutMs: number;
  /** Bytes of the webhook's answer that are read: it may be a method call. */
  maxResponseBytes: number;
  /** Bytes of a picture and of any other file that a bot sends, and of a file that it downloads. */
  maxPhotoBytes: number;
  maxFileBytes: number;
  maxDownloadBytes: number;
  /** Time limit for a file that a bot sends by its URL. */
  fetchTimeoutMs: number;
  /** The journal is compacted into a snapshot when it is larger than this and than twice the last snapshot. */
  compactAfterBytes: number;
}

export const defaultLimits: Limits = {
  maxBodyBytes: 52 * MIB,
  maxMessagesPerChat: 500,
  maxLogEntries: 2_000,
  updateRetentionMs: 24 * HOUR,
  callbackTtlMs: 15 * MINUTE,
  deletableMs: 48 * HOUR,
  webhookTimeoutMs: MINUTE,
  maxResponseBytes: MIB,
  maxPhotoBytes: 10 * MIB,
  maxFileBytes: 50 * MIB,
  maxDownloadBytes: 20 * MIB,
  fetchTimeoutMs: 10 * SECOND,
  compactAfterBytes: 16 * MIB,
};

/** How many messages Telegram takes: about one a second in a chat, with short bursts, and thirty a second of a bot. */
export interface RateLimits {
  enabled: boolean;
  chatPerSecond: number;
  /** Messages that a chat that was quiet takes at once. */
  chatBurst: number;
  botPerSecond: number;
}

export const defaultRateLimits: RateLimits = {
  enabled: true,
  chatPerSecond: 1,
  chatBurst: 3,
  botPerSecond: 30,
};

export interface TelegramOptions {
  /** 0 (the default) picks a free port. */
  port?: number;
  /** Folder of the journal and of files; `null` keeps everything in memory. */
  dataDir: string | null;
  /** Only these tokens are accepted; by default any token of a token's form, and its first call creates the bot. */
  tokens?: readonly string[];
  rateLimits?: Partial<RateLimits>;
  /** Multiplies every delay between two attempts to deliver an update. */
  retryScale?: number;
  limits?: Partial<Limits>;
  clock?: Clock;
}
