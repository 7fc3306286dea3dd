import { z } from "zod";
import { idSchema } from "../schemas/id";
import { localeSchema } from "../schemas/locale";
import { refundReasonSchema } from "../schemas/order";
import { type LaneName, lanes } from "./lanes";

/**
 * Every queue with its payload schema and delivery policy. The handlers live in their domains and are found through
 * registry.ts.
 */

interface QueueDefinition {
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
  /** Flow control lane (lanes.ts): payments never wait behind analytics. */
  lane: LaneName;
  /** Guaranteed queues only: a task that is unfinished by then is dead, with an alert. */
  deadlineSeconds: number;
  /** Whether the owner or an administrator may cancel a task. */
  cancellable: boolean;
  /**
   * The payload holds one user's personal data: it is emptied when the task is done or cancelled, and when the account
   * is erased. A dead task keeps it for a replay; without an owner for a month (tidy.ts).
   */
  personal?: true;
  /** False: the queue has no handler yet. Enqueuing is refused with `not_available`. */
  available: boolean;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const orderPayload = z.object({ orderId: idSchema });

export const queues = {
  /** Checks a pending order with the payment provider; makes a refund. */
  payments: {
    version: 1,
    payload: z.discriminatedUnion("action", [
      z.object({ action: z.literal("check"), orderId: idSchema, round: z.int().nonnegative() }),
      z.object({
        action: z.literal("refund"),
        orderId: idSchema,
        /** Minor units; the whole remaining amount when absent. */
        amountMinor: z.int().positive().optional(),
        reason: refundReasonSchema,
      }),
    ]),
    delivery: "guaranteed",
    retries: 3,
    timeoutSeconds: 30,
    lane: "money",
    deadlineSeconds: 7 * DAY,
    cancellable: false,
    available: true,
  },
  /** Delivers the goods of a paid order to the buyer. */
  "deliver-goods": {
    version: 1,
    payload: orderPayload,
    delivery: "guaranteed",
    retries: 3,
    timeoutSeconds: 30,
    lane: "money",
    deadlineSeconds: 7 * DAY,
    cancellable: false,
    available: true,
  },
  /** Grants the referrer a tenth of the price; reverses it after a refund. */
  "referral-bonuses": {
    version: 1,
    payload: orderPayload.extend({ action: z.enum(["grant", "reverse"]) }),
    delivery: "guaranteed",
    retries: 3,
    timeoutSeconds: 30,
    lane: "money",
    deadlineSeconds: 7 * DAY,
    cancellable: false,
    available: true,
  },
  /** Notifies the seller of a sale or of its refund. */
  "supplier-notifications": {
    version: 1,
    payload: orderPayload.extend({ event: z.enum(["sold", "refunded"]) }),
    delivery: "guaranteed",
    retries: 3,
    timeoutSeconds: 30,
    lane: "people",
    deadlineSeconds: 2 * DAY,
    cancellable: false,
    available: true,
  },
  /** Adds a sale to the leaderboards or removes it, according to the order's status. */
  leaderboards: {
    version: 1,
    payload: orderPayload,
    delivery: "guaranteed",
    retries: 3,
    timeoutSeconds: 30,
    lane: "background",
    deadlineSeconds: 2 * DAY,
    cancellable: false,
    available: true,
  },
  notifications: {
    version: 2,
    payload: z.object({
      userId: idSchema,
      /** `general` has a title and a message; other kinds are rendered from `data` in the reader's language. */
      kind: z.string().min(1).max(40),
      title: z.string().min(1).max(200).optional(),
      message: z.string().max(2_000).optional(),
      data: z.record(z.string(), z.json()).optional(),
    }),
    // Version 1 had only a title and a message.
    upgrades: { 1: (payload) => ({ ...(payload as object), kind: "general" }) },
    delivery: "guaranteed",
    retries: 3,
    timeoutSeconds: 15,
    lane: "people",
    deadlineSeconds: DAY,
    cancellable: true,
    personal: true,
    available: true,
  },
  emails: {
    version: 1,
    payload: z.object({
      /**
       * An address; an account, resolved to its address when the mail is sent; or an account link, resolved to the
       * address that the link is for.
       */
      to: z.union([
        z.object({ userId: idSchema }),
        z.object({ address: z.email().max(254) }),
        z.object({ linkId: idSchema }),
      ]),
      locale: localeSchema,
      /** A name in lib/mail's catalogue, which also has the schema of `props`. */
      template: z.string().min(1).max(40),
      props: z.record(z.string(), z.json()),
    }),
    delivery: "guaranteed",
    retries: 3,
    timeoutSeconds: 30,
    lane: "mail",
    deadlineSeconds: 2 * DAY,
    cancellable: true,
    personal: true,
    available: true,
  },
  /** User events; a lost one makes a number on a chart smaller. */
  analytics: {
    version: 1,
    payload: z.object({
      events: z
        .array(
          z.object({
            id: idSchema,
            userId: idSchema.nullable(),
            name: z.string().min(1).max(64),
            properties: z.record(z.string(), z.json()),
            at: z.iso.datetime(),
          }),
        )
        .min(1)
        .max(500),
    }),
    delivery: "best-effort",
    retries: 1,
    timeoutSeconds: 15,
    lane: "background",
    deadlineSeconds: HOUR,
    cancellable: false,
    available: true,
  },
  "file-processing": {
    version: 1,
    payload: z.object({ fileId: idSchema, operation: z.enum(["scan", "preview", "metadata"]) }),
    delivery: "guaranteed",
    retries: 3,
    timeoutSeconds: 60,
    lane: "media",
    deadlineSeconds: DAY,
    cancellable: true,
    available: false,
  },
  "audio-transcoding": {
    version: 1,
    payload: z.object({ fileId: idSchema, formats: z.array(z.enum(["mp3", "aac", "opus", "flac"])).min(1) }),
    delivery: "guaranteed",
    retries: 3,
    timeoutSeconds: 300,
    lane: "media",
    deadlineSeconds: DAY,
    cancellable: true,
    available: false,
  },
  "nft-minting": {
    version: 1,
    payload: z.object({
      postId: idSchema,
      /** The handler checks the chain's address format. */
      ownerAddress: z.string().min(1).max(128),
      metadata: z.record(z.string(), z.json()),
    }),
    delivery: "guaranteed",
    retries: 3,
    timeoutSeconds: 120,
    lane: "money",
    deadlineSeconds: 7 * DAY,
    cancellable: false,
    available: false,
  },
  "workflow-executions": {
    version: 1,
    payload: z.object({
      projectId: idSchema,
      workflowId: idSchema,
      sessionId: idSchema,
      input: z.record(z.string(), z.json()),
    }),
    delivery: "guaranteed",
    retries: 3,
    timeoutSeconds: 60,
    lane: "background",
    deadlineSeconds: DAY,
    cancellable: true,
    available: false,
  },
  /** Syncs pending views to Postgres soon after the first one; the cron does the same. */
  "views-sync": {
    version: 1,
    payload: z.object({}),
    delivery: "best-effort",
    retries: 1,
    timeoutSeconds: 60,
    lane: "background",
    deadlineSeconds: HOUR,
    cancellable: false,
    available: true,
  },
  /** Does nothing; its delivery shows that QStash accepts, signs and delivers messages. */
  probe: {
    version: 1,
    payload: z.object({ id: z.uuid() }),
    delivery: "best-effort",
    retries: 0,
    timeoutSeconds: 10,
    lane: "background",
    deadlineSeconds: MINUTE,
    cancellable: false,
    available: true,
  },
} as const satisfies Record<string, QueueDefinition>;

export type QueueName = keyof typeof queues;

type QueuesMatching<V> = { [Q in QueueName]: (typeof queues)[Q] extends V ? Q : never }[QueueName];

/** Queues whose tasks are rows. */
export type GuaranteedQueue = QueuesMatching<{ delivery: "guaranteed" }>;
/** Queues whose messages have no row. */
export type BestEffortQueue = QueuesMatching<{ delivery: "best-effort" }>;
/** Queues that have a handler. */
export type HandledQueue = QueuesMatching<{ available: true }>;

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

export function getLane(queue: QueueName) {
  return lanes[queues[queue].lane];
}
