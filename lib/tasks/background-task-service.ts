import { z } from "zod";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { failpoint } from "../core/failpoint";
import { newId } from "../core/ids";
import type { Locale } from "../core/locale";
import { log } from "../core/log";
import { currentRequestId } from "../core/request-id";
import { currentTraceparent } from "../core/trace";
import { afterCommit, isInTransaction, Prisma, type Transaction, transaction } from "../db";
import {
  type GuaranteedQueue,
  getQueueDefinition,
  isQueueAvailable,
  type PayloadInput,
  parsePayload,
} from "./catalogue";
import { isPausedSql } from "./paused";
import { dispatchAfterResponse, publish } from "./publish";
import { publishSubjectChanged } from "./publish-changes";

export interface EnqueueOptions {
  /** Unique within the queue: a second task with the same key is ignored. At most 200 characters. */
  key: string;
  /** Earliest start, counted from now; up to 7 days. */
  delaySeconds?: number;
  /** The user who started the task and may read it. */
  ownerId?: string;
  /** What the task is about: `order:{id}`, whose page lists its tasks, `mint:{post}` or `file:{id}`. */
  subject?: string;
  /**
   * Nothing is published until a sweep finds the task due, so it starts a sweep's interval later: for one that is
   * cancelled more often than it runs ({@link cancelUnpublished}).
   */
  awaitsSweep?: boolean;
}

export interface TaskOptions extends Partial<EnqueueOptions> {
  /**
   * The transaction of the change that the task follows: both commit or neither does. Compulsory while a transaction is
   * open; without one the task gets a transaction of its own.
   */
  tx?: Transaction;
}

/**
 * Background work as named functions. Without a key each call is a new task.
 *
 * All but `trackEvent` are guaranteed: when the promise resolves the task is in Postgres, or commits with `tx`. They
 * return the task's id, and throw {AppError} bad_request for an invalid payload and not_available for a queue without a
 * handler yet, or one that this deployment is not set up for. Inside a transaction they throw without `tx`, because the
 * task would commit even if the change does not.
 */
export const backgroundTaskService = {
  /** What the other functions call, for a caller that must know whether the task is new. */
  enqueue,

  /** Adds a notification with the given text to the user's list. */
  sendNotification: (userId: string, title: string, message: string, options?: TaskOptions) =>
    enqueueTask("notifications", { userId, kind: "general", title, message }, options),

  /** Adds a notification that the reader sees in their own language: a kind and its data (lib/notifications). */
  sendTypedNotification: (
    payload: Pick<PayloadInput<"notifications">, "userId" | "kind" | "data">,
    options?: TaskOptions,
  ) => enqueueTask("notifications", payload, options),

  /** Sends a plain mail. `to` is an address. */
  sendEmail: (
    to: string,
    subject: string,
    body: string,
    { locale = "ru", ...options }: TaskOptions & { locale?: Locale } = {},
  ) =>
    enqueueTask(
      "emails",
      { to: { address: to }, locale, template: "plain", props: { subject, body } },
      options,
    ),

  /** Sends a mail from a template, with its props (lib/mail), to an address, an account or an account link. */
  sendTemplatedEmail: (payload: PayloadInput<"emails">, options?: TaskOptions) =>
    enqueueTask("emails", payload, options),

  /**
   * Records a user event for the daily totals. Best effort: it also resolves when the event is lost.
   * @param userId  the acting user; null when unknown
   */
  trackEvent: async (
    userId: string | null,
    event: string,
    properties: PayloadInput<"analytics">["events"][number]["properties"] = {},
  ): Promise<void> => {
    try {
      const at = new Date(now()).toISOString();
      await publish("analytics", { events: [{ id: newId(), userId, name: event, properties, at }] });
    } catch (error) {
      log().warn({ err: error }, "analytics event lost: publish failed");
    }
  },

  processFile: (payload: PayloadInput<"file-processing">, options?: TaskOptions) =>
    enqueueTask("file-processing", payload, options),

  transcodeAudio: (payload: PayloadInput<"audio-transcoding">, options?: TaskOptions) =>
    enqueueTask("audio-transcoding", payload, options),

  /** Checks an order with the payment provider, or refunds it. */
  processPayment: (payload: PayloadInput<"payments">, options?: TaskOptions) =>
    enqueueTask("payments", payload, options),

  /** Delivers the goods of a paid order. */
  deliverGoods: (orderId: string, options?: TaskOptions) =>
    enqueueTask("deliver-goods", { orderId }, options),

  /** Grants or reverses the bonus of the buyer's referrer, according to the order. */
  updateReferralBonus: (orderId: string, options?: TaskOptions) =>
    enqueueTask("referral-bonuses", { orderId }, options),

  /** Notifies the seller of a sale or of its refund. */
  notifySupplier: (payload: PayloadInput<"supplier-notifications">, options?: TaskOptions) =>
    enqueueTask("supplier-notifications", payload, options),

  /** Adds a sale to the leaderboards or removes it, according to the order. */
  updateLeaderboards: (orderId: string, options?: TaskOptions) =>
    enqueueTask("leaderboards", { orderId }, options),

  /** Erases an account whose deletion was requested (lib/privacy). */
  eraseAccount: (payload: PayloadInput<"account-erasures">, options?: TaskOptions) =>
    enqueueTask("account-erasures", payload, options),

  /**
   * Mints a post as a token of the given address; the task's id is the token's. Of two of one post the second is dead.
   * What exceeds the mints of a day (lib/nft/mint-budget.ts) waits until the task's deadline.
   */
  mintNft: (payload: PayloadInput<"nft-minting">, options?: TaskOptions) =>
    enqueueTask("nft-minting", payload, options),
};

async function enqueueTask<Q extends GuaranteedQueue>(
  queue: Q,
  payload: PayloadInput<Q>,
  { tx, key = newId(), ...options }: TaskOptions = {},
): Promise<string> {
  if (!tx && isInTransaction()) {
    throw new Error(`a task of ${queue} would commit without the change: pass { tx } inside a transaction`);
  }
  const write = (open: Transaction) => enqueue(open, queue, payload, { key, ...options });
  const { id } = await (tx ? write(tx) : transaction(write));
  return id;
}

/** Time between the commit and the sweeper's takeover of an unpublished task. */
const PUBLISH_GRACE_SECONDS = 30;

const optionsSchema = z.object({
  key: z.string().min(1).max(200),
  delaySeconds: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .default(0),
  ownerId: z.uuid().optional(),
  subject: z.string().min(1).max(200).optional(),
  awaitsSweep: z.boolean().default(false),
});

const rowSchema = z.tuple([z.object({ id: z.uuid(), created: z.boolean(), paused: z.boolean() })]);

/**
 * Writes a task into the outbox, in the transaction of the change: both commit or neither does. It is published after
 * the commit, unless its queue is paused; if that fails, the sweeper publishes it. One SQL statement.
 *
 * @param tx  opened by `transaction` of lib/db; a task in any other transaction is published by the sweeper
 * @returns the task's id, and whether this call created it
 * @throws {AppError} not_available for a queue without a handler, or whose handler is not installed; bad_request for an invalid payload. Nothing is
 *         written then, and the transaction stays usable
 */
export async function enqueue<Q extends GuaranteedQueue>(
  tx: Transaction,
  queue: Q,
  payload: PayloadInput<Q>,
  options: EnqueueOptions,
): Promise<{ id: string; created: boolean }> {
  const definition = getQueueDefinition(queue);
  if (!isQueueAvailable(queue)) throw new AppError("not_available", { message: "queue_not_available" });
  const { key, delaySeconds, ownerId, subject, awaitsSweep } = optionsSchema.parse(options);
  const body = JSON.stringify(parsePayload(queue, payload));
  const id = newId();

  // On a conflict the no-op update returns the existing task's id without a second statement.
  const rows = await tx.$queryRaw`
INSERT INTO "Task" (id, queue, key, version, payload, "ownerId", subject, trace, "requestId", "notBefore", "dueAt", "deadlineAt")
SELECT ${id}::uuid, ${queue}, ${key}, ${definition.version}, ${body}::jsonb, ${ownerId ?? null}::uuid, ${subject ?? null},
  ${currentTraceparent() ?? null}, ${currentRequestId() ?? null}, runs.at, runs.at + ${awaitsSweep ? 0 : PUBLISH_GRACE_SECONDS} * interval '1 second',
  runs.at + ${definition.deadlineSeconds} * interval '1 second'
FROM (SELECT clock_timestamp() + ${delaySeconds} * interval '1 second' AS at) runs
ON CONFLICT (queue, key) DO UPDATE SET key = excluded.key
RETURNING id, id = ${id}::uuid AS created, ${isPausedSql(Prisma.sql`"Task".queue`)} AS paused`;
  const [{ paused, ...row }] = rowSchema.parse(rows);
  await failpoint("tasks.enqueued");
  if (row.created) {
    afterCommit(tx, () => {
      if (!awaitsSweep && !paused) dispatchAfterResponse({ id, queue, generation: 1, delaySeconds });
      // No page shows the task's own channel yet; pages of its subject list it.
      if (subject !== undefined) publishSubjectChanged(subject);
    });
  }
  return row;
}

/**
 * Cancels tasks that have nothing left to do, by their keys. One that was published or runs finds that out itself. One
 * SQL statement, in the transaction of the change. For a queue without an owner, personal payloads or `abandon`.
 */
export async function cancelUnpublished(
  tx: Transaction,
  queue: "payments",
  taskKeys: readonly string[],
): Promise<void> {
  await tx.$executeRaw`
UPDATE "Task" SET state = 'cancelled', "finishedAt" = clock_timestamp()
WHERE queue = ${queue} AND key = ANY(${[...taskKeys]}::text[]) AND state = 'pending'`;
}
