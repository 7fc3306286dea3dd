import type { Clock } from "../qstash/clock";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The API version of events, and of responses to callers without `Stripe-Version`: the one that the SDK uses. */
export const API_VERSION = "2026-10-28.endive";

/** The bounds of memory and disk. Payments are a ledger and are never deleted. */
export interface Limits {
  /** A larger request is answered 413. */
  maxBodyBytes: number;
  /** Maximum age of events; Stripe keeps them 30 days. */
  eventRetentionMs: number;
  /** Maximum number of events; the oldest without a waiting delivery are dropped first. */
  maxEvents: number;
  /** Maximum age of idempotency keys; Stripe removes them after at least 24 hours. */
  idempotencyKeyRetentionMs: number;
  /** Maximum number of deliveries in flight. */
  deliveryParallelism: number;
  /** Bytes of the app's response that an attempt keeps. */
  maxResponseBytes: number;
  /** The journal is compacted into a snapshot when it is larger than this and than twice the last snapshot. */
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
 * Delays before each retry of a delivery. Stripe retries for up to three days and does not publish its steps; these
 * sum up to just under three days.
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

/** Time limit of one delivery. */
export const DELIVERY_TIMEOUT_MS = 20 * SECOND;

/** Delay of a `late` payment after the buyer has left the page. */
export const LATE_PAYMENT_DELAY_MS = 8 * SECOND;

export interface StripeOptions {
  /** 0 (the default) picks a free port. */
  port?: number;
  /** Address to listen on. Anything but loopback shows payments to the network. */
  host?: string;
  /** Folder of the journal; `null` keeps everything in memory. */
  dataDir: string | null;
  /** Where events are sent; `null` sends none. */
  webhookUrl: string | null;
  /** Key of callers: `sk_test_…`. */
  secretKey: string;
  /** Secret that signs events: `whsec_…`. */
  webhookSecret: string;
  /** Multiplies every delay between two attempts. */
  retryScale?: number;
  deliveryTimeoutMs?: number;
  lateMs?: number;
  limits?: Partial<Limits>;
  clock?: Clock;
}
