import type { z } from "zod";

/** Payload schema and delivery policy of one queue. */
export interface QueueDefinition {
  name: string;
  /** Raise it when the new schema rejects old payloads. */
  version: number;
  payload: z.ZodType;
  /**
   * Upgrade a payload from a version to the next, because tasks enqueued before a deploy run after it.
   * One for each version below `version`.
   */
  upgrades?: Readonly<Record<number, (payload: unknown) => unknown>>;
  /**
   * `guaranteed`: a row in `Task` commits with the change and is retried until it is done, or dead with an alert.
   * `best-effort`: a message without a row; a loss does not matter, or the sender compensates for it.
   */
  delivery: "guaranteed" | "best-effort";
  /** QStash's retries after a failure: after 12 s, 2.5 min, 30 min, 6 h. */
  retries: number;
  /** Time limit of one run; its lease lasts as long, plus a margin. */
  timeoutSeconds: number;
  /** Flow control lane: payments never wait behind analytics. */
  lane: LaneName;
  /** Guaranteed queues only: a task that is unfinished by then is dead, with an alert. */
  deadlineSeconds: number;
  /** Whether the owner or an administrator may cancel a task. */
  cancellable: boolean;
  /**
   * The payload holds one user's personal data: it is emptied when the task is done or cancelled, and when the account
   * is erased. A dead task keeps it for a replay; without an owner for a month (lib/core/retention.ts).
   */
  personal?: true;
  /** False: the queue has no handler yet. Enqueuing is refused with `not_available`. */
  available: boolean;
  /** Whether this deployment has what the handler needs; enqueuing is refused with `not_available` while it has not. */
  isInstalled?: () => boolean;
}

/** The tasks of a message run one after another: their time limits together are at most this. */
export const MAX_MESSAGE_SECONDS = 90;
/** A task that may take longer has a message of its own, so that none waits long for another. */
export const MAX_SHARED_TASK_SECONDS = 30;
/** Time for the commit of a task, beside its limit. */
export const COMMIT_SECONDS = 5;

export const MINUTE_SECONDS = 60;
export const HOUR_SECONDS = 60 * MINUTE_SECONDS;
export const DAY_SECONDS = 24 * HOUR_SECONDS;

/** Declares a queue, in `queues/<queue>.ts`; the catalogue lists it and `<queue>.task.ts` of its domain handles it. */
export function defineQueue<const D extends QueueDefinition>(definition: D): D {
  return definition;
}

/**
 * Queues of one lane share QStash's flow control; one lane's backlog does not delay another. The numbers are small, so
 * that a burst of tasks leaves Postgres connections for requests.
 */
export const lanes = {
  money: { key: "money", parallelism: 10, tasksPerMessage: 3 },
  people: { key: "people", parallelism: 5, tasksPerMessage: 6 },
  /** Ten mails a second at most: mail servers reject faster senders. */
  mail: { key: "mail", parallelism: 3, tasksPerMessage: 2, ratePerSecond: 5 },
  /** Apart from transcoding, which takes minutes: a cover is made in seconds. */
  files: { key: "files", parallelism: 2, tasksPerMessage: 1 },
  media: { key: "media", parallelism: 2, tasksPerMessage: 1 },
  /** Apart from all others: a look lasts as long as a slow chain node makes it, and no payment waits for that. */
  minting: { key: "minting", parallelism: 5, tasksPerMessage: 1 },
  background: { key: "background", parallelism: 3, tasksPerMessage: 3 },
} as const satisfies Record<string, Lane>;

export interface Lane {
  /** QStash's flow control key. */
  key: string;
  /** Concurrent deliveries. */
  parallelism: number;
  /** A message's tasks at most; they run one after another. */
  tasksPerMessage: number;
  /** Deliveries started per second. */
  ratePerSecond?: number;
}

type LaneName = keyof typeof lanes;
