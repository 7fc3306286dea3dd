import { z } from "zod";
import { idSchema } from "./id";

/**
 * The fields of `data` for each kind of notification; the page has the texts, in the reader's language. A row whose
 * data does not match, or of a kind that is not here (from a newer deployment), is shown with its own title and
 * message.
 */

const order = z.object({
  orderId: idSchema,
  /** The product's title at the time of the order. */
  title: z.string(),
  /** Minor units of the currency. */
  amountMinor: z.int().nonnegative(),
  /** ISO 4217, upper case. */
  currency: z.string().regex(/^[A-Z]{3}$/),
});

const chat = z.object({
  chatId: idSchema,
  /** The chat's title at that time; null: a direct chat. */
  chatTitle: z.string().nullable(),
});

/** Not stored: the named user's when the list is read. A live event has none. */
const handle = z.string().optional();

export const notificationDataSchemas = {
  /** To the seller: an order was paid. */
  sale: order.extend({ quantity: z.int().positive().default(1) }),
  /** To the seller: an order was refunded. */
  sale_refunded: order,
  /** To the buyer: a paid order was delivered. */
  delivered: order.pick({ orderId: true, title: true }),
  /** To the buyer: a refund is on its way. */
  refund: order,
  /** To the referrer of a buyer. */
  bonus: order.pick({ amountMinor: true, currency: true }),
  /** To the referrer: the order of a bonus was refunded. */
  bonus_reversed: order.pick({ amountMinor: true, currency: true }),
  /** A user mentioned the reader in a chat. The name is erased with the author's account (erase-account.ts). */
  mention: chat.extend({ messageId: idSchema, authorName: z.string().nullable(), authorHandle: handle }),
  /** A user added the reader to a group. */
  chat_invite: chat.extend({ byName: z.string().nullable(), byHandle: handle }),
} as const;

export type NotificationKind = keyof typeof notificationDataSchemas;

/** A notification that the page has texts for. */
export type TypedNotification = {
  [K in NotificationKind]: { kind: K; data: z.output<(typeof notificationDataSchemas)[K]> };
}[NotificationKind];

/** Parses a notification that the page has texts for; null when its own title and message must be shown. */
export function parseNotification(kind: string, data: unknown): TypedNotification | null {
  if (!Object.hasOwn(notificationDataSchemas, kind)) return null;
  const knownKind = kind as NotificationKind;
  const parsed = notificationDataSchemas[knownKind].safeParse(data);
  // The schema that parsed it is the one of this kind.
  return parsed.success ? ({ kind: knownKind, data: parsed.data } as TypedNotification) : null;
}

/** The page of this site that shows what a notification is about. */
export function notificationPath({ data }: TypedNotification): string {
  if ("chatId" in data) return `/chat/${data.chatId}`;
  return "orderId" in data ? `/orders/${data.orderId}` : "/bonuses";
}
