import { now } from "../core/clock";
import { newId } from "../core/ids";
import type { Locale } from "../core/locale";
import { log } from "../core/log";
import { transaction } from "../db";
import type { PayloadInput } from "./catalogue";
import { type EnqueueOptions, enqueue } from "./enqueue";
import { publish } from "./publish";

/** How a task is named and who may look at it; a call without a key is a task of its own. */
type TaskOptions = Partial<EnqueueOptions>;

/**
 * Everyday background work by name, each in a transaction of its own. What follows a change of yours belongs
 * into that change's transaction: use `enqueue` there.
 *
 * All but `trackEvent` are guaranteed: when the promise resolves the task is in Postgres. They answer the task's
 * id, and throw {AppError} bad_request for what does not fit and not_available for what belongs to a later part.
 */
export const backgroundTaskService = {
  enqueue,

  /** A notification in somebody's list, in words of your own. */
  sendNotification: (userId: string, title: string, message: string, options?: TaskOptions) =>
    enqueueInOwnTransaction("notifications", { userId, kind: "general", title, message }, options),

  /** A plain mail. `to` is an address. */
  sendEmail: (to: string, subject: string, body: string, options: TaskOptions & { locale?: Locale } = {}) => {
    const { locale = "ru", ...rest } = options;
    return enqueueInOwnTransaction(
      "emails",
      { to: { address: to }, locale, template: "plain", props: { subject, body } },
      rest,
    );
  },

  /**
   * Something that people did, for the daily totals. Best effort: resolves without a word when it is lost.
   * @param userId  who did it; null for nobody known
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
      log().warn({ err: error }, "an event was not counted");
    }
  },

  processFile: (payload: PayloadInput<"file-processing">, options?: TaskOptions) =>
    enqueueInOwnTransaction("file-processing", payload, options),

  transcodeAudio: (payload: PayloadInput<"audio-transcoding">, options?: TaskOptions) =>
    enqueueInOwnTransaction("audio-transcoding", payload, options),

  /** Asks the provider about an order, or refunds it. */
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
