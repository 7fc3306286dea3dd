import { z } from "zod";
import { idSchema } from "../core/ids";
import { localeSchema } from "../core/locale";
import { type LaneName, lanes } from "./lanes";

/**
 * Every queue: what its payload looks like and how it is delivered. Names and policy only; the handlers
 * live in their domains and are found through registry.ts.
 */

interface QueueDefinition {
  /** Raised when an old payload could no longer be read by the new schema. */
  version: number;
  payload: z.ZodType;
  /**
   * How a payload of an older version becomes one of the next: tasks enqueued before a deploy run after it.
   * One for each version below `version`.
   */
  upgrades?: Readonly<Record<number, (payload: unknown) => unknown>>;
  /**
   * `guaranteed`: a row in `Task` that commits with the change it follows, until it is done or dead with an alert.
   * `best-effort`: published without a row, a loss is made up for by whoever sends or does not matter.
   */
  delivery: "guaranteed" | "best-effort";
  /** How often QStash tries again after a failure: 12 s, 2.5 min, 30 min, 6 h. */
  retries: number;
  /** How long one run may take; a lease lasts as long. */
  timeoutSeconds: number;
  /** Whose turn it takes (lanes.ts): money never waits behind analytics. */
  lane: LaneName;
  /** Guaranteed ones only: unfinished by then a task is dead, with an alert. */
  deadlineSeconds: number;
  /** Who started it, or an administrator, may call it off. */
  cancellable: boolean;
  /**
   * What it carries is meant for one person alone: it is kept no longer than it takes, and goes with the account. A
   * dead one keeps it, because an operator may give it another life; without an owner for a month (tidy.ts).
   */
  personal?: true;
  /** False: its work belongs to a later part. Enqueuing is refused with `not_available`. */
  available: boolean;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const orderPayload = z.object({ orderId: idSchema });

export const queues = {
  /** Asks the provider about an order that stays pending; carries out a refund. */
  payments: {
    version: 1,
    payload: z.discriminatedUnion("action", [
      z.object({ action: z.literal("check"), orderId: idSchema, round: z.int().nonnegative() }),
      z.object({
        action: z.literal("refund"),
        orderId: idSchema,
        /** Minor units; the whole of what is left when absent. */
        amountMinor: z.int().positive().optional(),
        reason: z.enum(["requested_by_customer", "duplicate", "fraudulent"]),
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
  /** Gives the buyer what was paid for. */
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
  /** A tenth of the price to whoever referred the buyer; takes it back after a refund. */
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
  /** The creator hears of a sale, or of its refund. */
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
  /** Makes the leaderboards count a sale, or count it no longer, as the order's state says. */
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
      /** `general` has its own words; the others are written from `data` in the reader's language. */
      kind: z.string().min(1).max(40),
      title: z.string().min(1).max(200).optional(),
      message: z.string().max(2_000).optional(),
      data: z.record(z.string(), z.json()).optional(),
    }),
    // Version 1 knew nothing but a title and a message.
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
       * An address; or an account, to the address it has when the mail goes out; or a link of an account's, to the
       * address that the link is for.
       */
      to: z.union([
        z.object({ userId: idSchema }),
        z.object({ address: z.email().max(254) }),
        z.object({ linkId: idSchema }),
      ]),
      locale: localeSchema,
      /** A name in lib/mail's catalogue, which also knows what belongs to it. */
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
  /** What people did; a loss is a smaller number on a chart. */
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
      /** Who owns it; the chain's own address format is checked by the part that mints. */
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
  /** Carries waiting views into Postgres soon after the first; the cron does the same. */
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
  /** Comes back and does nothing: shows that QStash accepts, signs and delivers. */
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

/** Their tasks are rows. */
export type GuaranteedQueue = QueuesMatching<{ delivery: "guaranteed" }>;
/** Their messages are all there is. */
export type BestEffortQueue = QueuesMatching<{ delivery: "best-effort" }>;
/** Those that have a handler. */
export type HandledQueue = QueuesMatching<{ available: true }>;

/** What a handler gets. */
export type Payload<Q extends QueueName> = z.output<(typeof queues)[Q]["payload"]>;
/** What is enqueued. */
export type PayloadInput<Q extends QueueName> = z.input<(typeof queues)[Q]["payload"]>;

/** Whether there is such a queue. */
export function isQueueName(name: string): name is QueueName {
  return Object.hasOwn(queues, name);
}

/** Queues whose payloads are not kept once a task is done or called off. */
export const personalQueues: readonly QueueName[] = Object.keys(queues)
  .filter(isQueueName)
  .filter((name) => getQueueDefinition(name).personal);

/** A queue's definition, where its name is not known beforehand. */
export function getQueueDefinition(queue: QueueName): QueueDefinition {
  return queues[queue];
}

/** How many deliveries of a queue are under way at once, and how many begin in a second. */
export function getLane(queue: QueueName) {
  return lanes[queues[queue].lane];
}
