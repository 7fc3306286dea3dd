import { now } from "./clock";

/**
 * How many days rows are kept after the time in the comment; then the daily tidy deletes them. docs/OPERATIONS.md has
 * the same table, with the reasons.
 */
export const RETENTION_DAYS = {
  /** Since it expired. */
  sessions: 30,
  /** Since the session data of a deleted account could last have been cached. */
  sessionGenerations: 60,
  /** Since it expired: the access token would be refused anyway. */
  revokedTokens: 0,
  /** Since it expired. */
  mailLinks: 30,
  /** Since the write: a client repeats within minutes, a phone without a network perhaps a day later. */
  idempotencyKeys: 3,
  /** Since it was done or cancelled; mails are tasks. Dead tasks stay until an operator replays or cancels them. */
  finishedTasks: 90,
  /** Since a dead task with personal data lost its owner; then it is cancelled and emptied. */
  deadPersonalTasks: 30,
  /** Since it was closed. */
  closedAlerts: 180,
  /** Since it was closed: it keeps what was reported. */
  closedReports: 90,
  /** Since it happened: the totals reach back a year. */
  analyticsEvents: 400,
  /** Since it was received. The provider repeats an event for 30 days at most. */
  paymentEvents: 90,
  /** Since the checkout ended without a payment. The slowest payment methods settle within 14 days. */
  ordersNeverPaid: 90,
  /** Since it arrived. Telegram repeats an update for a day. */
  botUpdates: 3,
  /** Since it was stored. */
  botMessages: 90,
  /** Since the end; unfinished ones stay. */
  botExecutions: 90,
  /** Since it expired. */
  botLinkCodes: 1,
  /** Since the minute. */
  metricMinutes: 2,
  /** Since the hour. */
  metricHours: 31,
  /** Since they were added up; a batch waits in Redis for a day at most. */
  metricBatches: 2,
} as const;

/** Rows older than this are deleted. */
export function retentionCutoff(kind: keyof typeof RETENTION_DAYS): Date {
  return new Date(now() - RETENTION_DAYS[kind] * 86_400_000);
}
