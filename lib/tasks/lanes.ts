/**
 * Who waits behind whom: queues of one lane share QStash's flow control, and one lane's backlog does not hold up
 * another. Small enough that a burst of tasks leaves a pool of Postgres connections for people.
 */
export const lanes = {
  money: { key: "money", parallelism: 10 },
  people: { key: "people", parallelism: 5 },
  /** Mail servers refuse those who send faster. */
  mail: { key: "mail", parallelism: 3, ratePerSecond: 10 },
  media: { key: "media", parallelism: 2 },
  background: { key: "background", parallelism: 3 },
} as const satisfies Record<string, Lane>;

interface Lane {
  /** QStash's flow control key. */
  key: string;
  /** Deliveries under way at once. */
  parallelism: number;
  /** Deliveries begun in a second. */
  ratePerSecond?: number;
}

export type LaneName = keyof typeof lanes;
