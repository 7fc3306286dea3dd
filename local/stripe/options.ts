import type { Clock } from "../qstash/clock";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The version of events, and of answers to callers that name none: the one the SDK is pinned to. */
export const API_VERSION = "2026-10-28.endive";

/** Every bound that keeps a server from growing for ever. Payments are a ledger and stay. */
export interface Limits {
  /** A larger request is answered 413. */
  maxBodyBytes: number;
  /** How long an event can be asked for; Stripe keeps them 30 days. */
  eventRetentionMs: number;
  /** How many events are kept at most; the oldest that nobody waits for go first. */
  maxEvents: number;
  /** How long an idempotency key holds; Stripe removes them after at least 24 hours. */
  idempotencyKeyRetentionMs: number;
  /** Deliveries under way at once. */
  deliveryParallelism: number;
  /** What is kept of the app's answer to a delivery. */
  maxResponseBytes: number;
  /** The journal is folded into a snapshot when it is larger than this and than twice the last snapshot. */
  compactAfterBytes: number;
}

export const defaultLimits: Limits = {
  maxBodyBytes: 1024 * 1024,
  eventRetentionMs: 30 * DAY,
  maxEvents: 20_000,
  idempotencyKeyRetentionMs: DAY,
  deliveryParallelism: 32,
  maxResponseBytes: 1024,
  compactAfterBytes: 16 * 1024 * 1024,
};

/**
 * Waits before each further attempt to deliver an event. Stripe tries for up to three days and does not publish
 * its steps; these sum up to just under that.
 */
export const RETRY_DELAYS_MS: readonly number[] = [
  10 * SECOND,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  12 * HOUR,
  12 * HOUR,
  12 * HOUR,
  12 * HOUR,
];

/** How long the app may take to answer an event. */
export const DELIVERY_TIMEOUT_MS = 20 * SECOND;

/** How long after the buyer is back a `late` payment is made. */
export const LATE_PAYMENT_DELAY_MS = 8 * SECOND;

export interface StripeOptions {
  /** 0 (the default) picks a free port. */
  port?: number;
  /** Address to listen on. Anything but loopback shows payments to the network. */
  host?: string;
  /** Folder for the journal; `null` keeps everything in memory. */
  dataDir: string | null;
  /** Where events go; `null` delivers none. */
  webhookUrl: string | null;
  /** What callers authenticate with: `sk_test_…`. */
  secretKey: string;
  /** What events are signed with: `whsec_…`. */
  webhookSecret: string;
  /** Multiplies every wait between two attempts to deliver. */
  retryScale?: number;
  deliveryTimeoutMs?: number;
  lateMs?: number;
  limits?: Partial<Limits>;
  clock?: Clock;
}
