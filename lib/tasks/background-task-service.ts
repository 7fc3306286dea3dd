import { now } from "../core/clock";
import { newId } from "../core/ids";
import type { Locale } from "../core/locale";
import { log } from "../core/log";
import { transaction } from "../db";
import type { PayloadInput } from "./catalogue";
import { type EnqueueOptions, enqueue } from "./enqueue";
import { publish } from "./publish";

/** Options of `enqueue`; without a key each call is a new task. */
type TaskOptions = Partial<EnqueueOptions>;

/**
 * Common background work as named functions, each in its own transaction. Work that follows a change belongs in the
 * transaction of the change: use `enqueue` there.
 *
 * All but `trackEvent` are guaranteed: when the promise resolves the task is in Postgres. They return the task's
 * id, and throw {AppError} bad_request for an invalid payload and not_available for a queue without a handler yet.
 */
export const backgroundTaskService = {
  enqueue,

  /** Adds a notification with the given text to the user's list. */
  sendNotification: (userId: string, title: string, message: string, options?: TaskOptions) =>
    enqueueInOwnTransaction("notifications", { userId, kind: "general", title, message }, options),

  /** Sends a plain mail. `to` is an address. */
  sendEmail: (to: string, subject: string, body: string, options: TaskOptions & { locale?: Locale } = {}) => {
    const { locale = "ru", ...rest } = options;
    return enqueueInOwnTransaction(
      "emails",
      { to: { address: to }, locale, template: "plain", props: { subject, body } },
      rest,
    );
  },

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
    enqueueInOwnTransaction("file-processing", payload, options),

  transcodeAudio: (payload: PayloadInput<"audio-transcoding">, options?: TaskOptions) =>
    enqueueInOwnTransaction("audio-transcoding", payload, options),

  /** Checks an order with the payment provider, or refunds it. */
  processPayment: (payload: PayloadInput<"payments">, options?: TaskOptions) =>
    enqueueInOwnTransaction("payments", payload, options),

  mintNft: (payload: PayloadInput<"nft-minting">, options?: TaskOptions) =>
    enqueueInOwnTransaction("nft-minting", payload, options),
};

async function enqueueInOwnTransaction<Q extends Parameters<typeof enqueue>[1]>(
  queue: Q,
  payload: PayloadInput<Q>,
  { key = newId(), ...options }: TaskOptions = {},
): Promise<string> {
  const { id } = await transaction((tx) => enqueue(tx, queue, payload, { key, ...options }));
  return id;
}
