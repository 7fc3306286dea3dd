import { now } from "../core/clock";
import { newId } from "../core/ids";
import type { Locale } from "../core/locale";
import { log } from "../core/log";
import { isInTransaction, type Transaction, transaction } from "../db";
import type { GuaranteedQueue, PayloadInput } from "./catalogue";
import { type EnqueueOptions, enqueue } from "./enqueue";
import { publish } from "./publish";

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
 * handler yet. Inside a transaction they throw without `tx`, because the task would commit even if the change does not.
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
