/**
 * What came of a delivery. `done` stops QStash, `busy` makes it come again, `refused` sends the message to the
 * dead letters, for it can never succeed.
 */
export type TaskDeliveryResult =
  | { outcome: "done"; note?: string }
  | { outcome: "busy"; retryAfterSeconds: number }
  | { outcome: "refused"; reason: string };
