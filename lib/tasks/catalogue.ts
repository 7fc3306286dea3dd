import type { z } from "zod";
import { AppError } from "../core/errors";
import { isStorable } from "../core/text";
import { type Lane, lanes, type QueueDefinition } from "./define-queue";
import { accountErasures } from "./queues/account-erasures";
import { alertNotices } from "./queues/alert-notices";
import { analytics } from "./queues/analytics";
import { audioTranscoding } from "./queues/audio-transcoding";
import { botTidying } from "./queues/bot-tidying";
import { deliverGoods } from "./queues/deliver-goods";
import { emails } from "./queues/emails";
import { fileProcessing } from "./queues/file-processing";
import { leaderboards } from "./queues/leaderboards";
import { nftMinting } from "./queues/nft-minting";
import { notifications } from "./queues/notifications";
import { payments } from "./queues/payments";
import { probe } from "./queues/probe";
import { referralBonuses } from "./queues/referral-bonuses";
import { supplierNotifications } from "./queues/supplier-notifications";
import { viewsSync } from "./queues/views-sync";
import { workflowExecutions } from "./queues/workflow-executions";

/** Every queue. Its handler lives in its domain and is found through registry.ts. */
const definitions = [
  payments,
  deliverGoods,
  referralBonuses,
  supplierNotifications,
  leaderboards,
  notifications,
  emails,
  alertNotices,
  accountErasures,
  botTidying,
  analytics,
  fileProcessing,
  audioTranscoding,
  nftMinting,
  workflowExecutions,
  viewsSync,
  probe,
] as const;

export type QueueName = (typeof definitions)[number]["name"];

/** The queues by name. */
export const queues = Object.fromEntries(definitions.map((queue) => [queue.name, queue])) as {
  readonly [Q in QueueName]: Extract<(typeof definitions)[number], { name: Q }>;
};

type QueuesMatching<V> = { [Q in QueueName]: (typeof queues)[Q] extends V ? Q : never }[QueueName];

/** Queues whose tasks are rows. */
export type GuaranteedQueue = QueuesMatching<{ delivery: "guaranteed" }>;
/** Queues whose messages have no row. */
export type BestEffortQueue = QueuesMatching<{ delivery: "best-effort" }>;
/** Queues that have a handler. */
export type HandledQueue = QueuesMatching<{ available: true }>;
/** Queues whose tasks a delivery can run. */
export type RunnableQueue = GuaranteedQueue & HandledQueue;

/** Parsed payload, as a handler gets it. */
export type Payload<Q extends QueueName> = z.output<(typeof queues)[Q]["payload"]>;
/** Payload as the caller of `enqueue` gives it. */
export type PayloadInput<Q extends QueueName> = z.input<(typeof queues)[Q]["payload"]>;

export function isQueueName(name: string): name is QueueName {
  return Object.hasOwn(queues, name);
}

/** Queues whose payloads are emptied when a task is done or cancelled. */
export const personalQueues: readonly QueueName[] = Object.keys(queues)
  .filter(isQueueName)
  .filter((name) => getQueueDefinition(name).personal);

/** A queue's definition, for a name that is not known at compile time. */
export function getQueueDefinition(queue: QueueName): QueueDefinition {
  return queues[queue];
}

/** Whether tasks of a queue can be enqueued: it has a handler, and this deployment its settings. */
export function isQueueAvailable(queue: QueueName): boolean {
  const { available, isInstalled } = getQueueDefinition(queue);
  return available && (isInstalled?.() ?? true);
}

export function getLane(queue: QueueName): Lane {
  return lanes[queues[queue].lane];
}

/** The guaranteed queues of a queue's lane that have a handler: what its messages may carry. */
export function queuesOfLane(queue: QueueName): RunnableQueue[] {
  const { lane } = queues[queue];
  return Object.keys(queues).filter((name): name is RunnableQueue => {
    if (!isQueueName(name)) return false;
    const definition = getQueueDefinition(name);
    return definition.lane === lane && definition.delivery === "guaranteed" && definition.available;
  });
}

/**
 * Parses a payload with its queue's schema.
 * @throws {AppError} bad_request with the invalid fields
 */
export function parsePayload(queue: QueueName, payload: unknown): unknown {
  const parsed = getQueueDefinition(queue).payload.safeParse(payload);
  if (!parsed.success) {
    throw new AppError("bad_request", {
      details: parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message })),
      cause: parsed.error,
    });
  }
  const unstorablePaths = findUnstorablePaths(parsed.data, []);
  if (unstorablePaths.length > 0) {
    const message = "must be text without control characters that cannot be kept";
    throw new AppError("bad_request", { details: unstorablePaths.map((path) => ({ path, message })) });
  }
  return parsed.data;
}

/** Paths of texts that `jsonb` cannot store. Checked here, because an error of Postgres would abort the transaction. */
function findUnstorablePaths(value: unknown, path: readonly string[]): string[] {
  if (typeof value === "string") return isStorable(value) ? [] : [path.join(".")];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) =>
    isStorable(name) ? findUnstorablePaths(child, [...path, name]) : [path.join(".")],
  );
}
