import { z } from "zod";
import { idSchema } from "../core/ids";

/**
 * What the kinds of notifications carry in `data`. Their words are the page's, in the reader's language. Whoever
 * enqueues one writes these fields; a row whose data does not fit, or of a kind that is not here (a newer
 * deployment made it), is shown with its own title and message.
 */

const order = z.object({
  orderId: idSchema,
  /** As it was called when it was bought. */
  title: z.string(),
  /** Minor units of the currency. */
  amountMinor: z.int().nonnegative(),
  /** ISO 4217, upper case. */
  currency: z.string().regex(/^[A-Z]{3}$/),
});

const chat = z.object({
  chatId: idSchema,
  /** As it was called then; null: a conversation of two. */
  chatTitle: z.string().nullable(),
});

export const notificationDataSchemas = {
  /** To the creator: something of theirs was paid for. */
  sale: order.extend({ quantity: z.int().positive().default(1) }),
  /** To the creator: a sale was taken back. */
  sale_refunded: order,
  /** To the buyer: what was paid for is theirs. */
  delivered: order.pick({ orderId: true, title: true }),
  /** To the buyer: the money is on its way back. */
  refund: order,
  /** To whoever referred a buyer. */
  bonus: order.pick({ amountMinor: true, currency: true }),
  /** The order it was for has been refunded. */
  bonus_reversed: order.pick({ amountMinor: true, currency: true }),
  /** Somebody named the reader in a chat. The names go with the account that they are of (erase-account.ts). */
  mention: chat.extend({ messageId: idSchema, authorName: z.string().nullable() }),
  /** Somebody put the reader into a group. */
  chat_invite: chat.extend({ byName: z.string().nullable() }),
} as const;

export type NotificationKind = keyof typeof notificationDataSchemas;

/** A notification that the page has words for. */
export type TypedNotification = {
  [K in NotificationKind]: { kind: K; data: z.output<(typeof notificationDataSchemas)[K]> };
}[NotificationKind];

/** A notification as the page can word it; null when its own title and message have to do. */
export function parseNotification(kind: string, data: unknown): TypedNotification | null {
  if (!Object.hasOwn(notificationDataSchemas, kind)) return null;
  const knownKind = kind as NotificationKind;
  const parsed = notificationDataSchemas[knownKind].safeParse(data);
  // The schema that parsed it is the one of this kind.
  return parsed.success ? ({ kind: knownKind, data: parsed.data } as TypedNotification) : null;
}
