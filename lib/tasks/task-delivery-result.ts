/**
 * Outcome of a delivery. After `done` QStash stops, after `busy` it retries, and `refused` moves the message to the
 * dead letters, because it can never succeed.
 */
export type TaskDeliveryResult =
  | { outcome: "done"; note?: string }
  | { outcome: "busy"; retryAfterSeconds: number }
  | { outcome: "refused"; reason: string };
