/**
 * Queues of one lane share QStash's flow control; one lane's backlog does not delay another. The numbers are small, so
 * that a burst of tasks leaves Postgres connections for requests.
 */
export const lanes = {
  money: { key: "money", parallelism: 10 },
  people: { key: "people", parallelism: 5 },
  /** Mail servers reject faster senders. */
  mail: { key: "mail", parallelism: 3, ratePerSecond: 10 },
  media: { key: "media", parallelism: 2 },
  background: { key: "background", parallelism: 3 },
} as const satisfies Record<string, Lane>;

interface Lane {
  /** QStash's flow control key. */
  key: string;
  /** Concurrent deliveries. */
  parallelism: number;
  /** Deliveries started per second. */
  ratePerSecond?: number;
}

export type LaneName = keyof typeof lanes;
