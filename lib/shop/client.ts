import { z } from "zod";
import { idSchema } from "../core/ids";
import { isStorable, isVisible } from "../core/text";

/** What the pages and the API both hold to. Safe to import in the browser. */

export const productKindSchema = z.enum(["track", "licence", "ticket"]);
export type ProductKind = z.infer<typeof productKindSchema>;

/** ISO 4217. All of them have two decimals, so a minor unit is a hundredth everywhere. */
export const currencySchema = z.enum(["RUB", "USD", "EUR", "GBP"]);
export type Currency = z.infer<typeof currencySchema>;

/** The payment provider takes no less, */
export const MIN_PRICE_MINOR = 50;
/** and no more than eight digits in one payment. */
export const MAX_AMOUNT_MINOR = 99_999_999;
export const MAX_STOCK = 1_000_000;
/** Of one product in one order: a mail with all its codes must stay readable. */
export const MAX_QUANTITY = 50;

const singleLineText = (max: number) =>
  z.string().trim().min(1, { abort: true }).max(max).refine(isStorable).refine(isVisible);

function hasCredentials(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== "" || password !== "";
}

/** What a creator fills in. */
export const newProductSchema = z
  .object({
    kind: productKindSchema,
    title: singleLineText(120),
    description: z.string().trim().max(5_000).refine(isStorable).default(""),
    /** Minor units of the currency, for one piece. */
    priceMinor: z.int().min(MIN_PRICE_MINOR).max(MAX_AMOUNT_MINOR),
    currency: z.string().trim().toUpperCase().pipe(currencySchema),
    /** How many there are; null: as many as people want. */
    stock: z.int().min(1).max(MAX_STOCK).nullable().default(null),
    /** What buyers get to download: a track must have it, a licence may, a ticket has none. */
    assetUrl: z
      .url({ protocol: /^https$/ })
      .max(2_000)
      .refine(isStorable)
      // They would stand in the address bar of everybody who buys it.
      .refine((url) => !hasCredentials(url))
      .nullable()
      .default(null),
  })
  .refine(({ kind, assetUrl }) => kind !== "track" || assetUrl !== null, { path: ["assetUrl"] })
  .refine(({ kind, assetUrl }) => kind !== "ticket" || assetUrl === null, { path: ["assetUrl"] });

export type NewProduct = z.input<typeof newProductSchema>;

/** A product as everybody sees it. */
export const productSchema = z.object({
  id: z.uuid(),
  kind: productKindSchema,
  title: z.string(),
  description: z.string(),
  priceMinor: z.int(),
  currency: z.string(),
  /** What is left; null: as many as people want. */
  stock: z.int().nullable(),
  /** Null: the account is gone, what was bought stays. */
  sellerId: z.uuid().nullable(),
  sellerName: z.string().nullable(),
  /** No longer for sale. */
  archived: z.boolean(),
  createdAt: z.iso.datetime(),
});

export type Product = z.infer<typeof productSchema>;

const pageShape = {
  /** Id of the last item of the page before. */
  cursor: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
};

/** The archived ones are on no page. */
export const productPageQuerySchema = z.object({
  ...pageShape,
  kind: productKindSchema.optional(),
  sellerId: idSchema.optional(),
});

export const productPageSchema = z.object({
  items: z.array(productSchema),
  nextCursor: z.uuid().nullable(),
});

export type ProductPage = z.infer<typeof productPageSchema>;

/** One product, one piece or more. */
export const newOrderSchema = z.object({
  productId: idSchema,
  quantity: z.int().min(1).max(MAX_QUANTITY).default(1),
  /** Made by the buyer's page: sent twice, it is one order. An `Idempotency-Key` header does the same. */
  clientKey: z.string().trim().min(1).max(100).refine(isStorable).optional(),
});

export type NewOrder = z.input<typeof newOrderSchema>;

/**
 * `pending`: not paid yet. `paid`: being handed over. `delivered`: all there. `refunded`: the whole amount went
 * back. `failed`: never paid, or not in time. A part that went back leaves the status and shows in `refundedMinor`.
 */
export const orderStatusSchema = z.enum(["pending", "paid", "delivered", "refunded", "failed"]);
export type OrderStatus = z.infer<typeof orderStatusSchema>;

/** What is done for an order in the background, oldest first. */
export const orderTaskSchema = z.object({
  queue: z.string(),
  state: z.enum(["pending", "published", "running", "done", "dead", "cancelled"]),
});

/** One unit of what was bought; only the buyer and administrators see it. */
export const deliverySchema = z.object({
  id: z.uuid(),
  kind: productKindSchema,
  /** From 1. */
  unit: z.int(),
  /** What a ticket or a licence is shown by; null where the download is all there is. */
  code: z.string().nullable(),
  /** A path of this site that leads to the file; null when there is none, or no longer. */
  downloadUrl: z.string().nullable(),
  /** After a refund it opens nothing. */
  revokedAt: z.iso.datetime().nullable(),
  /** When a ticket was let in. */
  usedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});

export type DeliveryView = z.infer<typeof deliverySchema>;

/** An order in a list. */
export const orderSummarySchema = z.object({
  id: z.uuid(),
  status: orderStatusSchema,
  kind: productKindSchema,
  /** The product's, when it was bought. */
  title: z.string(),
  quantity: z.int(),
  unitPriceMinor: z.int(),
  amountMinor: z.int(),
  currency: z.string(),
  /** What went back so far. */
  refundedMinor: z.int(),
  /** Null when it is gone. */
  productId: z.uuid().nullable(),
  sellerId: z.uuid().nullable(),
  sellerName: z.string().nullable(),
  /** For the seller and administrators; null when the account is gone. */
  buyerName: z.string().nullable(),
  createdAt: z.iso.datetime(),
  paidAt: z.iso.datetime().nullable(),
  deliveredAt: z.iso.datetime().nullable(),
  /** When it was refunded as a whole, or failed. */
  closedAt: z.iso.datetime().nullable(),
});

export type OrderSummary = z.infer<typeof orderSummarySchema>;

/** An order on its own page. */
export const orderSchema = orderSummarySchema.extend({
  /** As whom the caller sees it: the seller sees no deliveries, and only the buyer can pay. */
  viewedAs: z.enum(["buyer", "seller", "admin"]),
  /** Where the buyer pays, while that is possible. */
  checkoutUrl: z.url().nullable(),
  tasks: z.array(orderTaskSchema),
  deliveries: z.array(deliverySchema),
});

export type OrderView = z.infer<typeof orderSchema>;

export const placedOrderSchema = z.object({
  order: orderSchema,
  /** The provider's page; null for an order that was placed before and can no longer be paid. */
  checkoutUrl: z.url().nullable(),
});

export type PlacedOrder = z.infer<typeof placedOrderSchema>;

export const orderPageQuerySchema = z.object({
  ...pageShape,
  /** What the caller bought, or what was bought from them. */
  as: z.enum(["buyer", "seller"]).default("buyer"),
});

export const orderPageSchema = z.object({
  items: z.array(orderSummarySchema),
  nextCursor: z.uuid().nullable(),
});

export type OrderPage = z.infer<typeof orderPageSchema>;

/** What a seller or an administrator gives back. */
export const refundRequestSchema = z.object({
  /** Minor units; all that is left unless said. */
  amountMinor: z.int().positive().max(MAX_AMOUNT_MINOR).optional(),
  reason: z.enum(["requested_by_customer", "duplicate", "fraudulent"]).default("requested_by_customer"),
});

export type RefundRequest = z.input<typeof refundRequestSchema>;

/** Answered with 202: the refund is a task, and `GET /api/orders/{id}` shows what came of it. */
export const refundAcceptedSchema = z.object({
  task: orderTaskSchema.extend({ id: z.uuid() }),
});

/** Somebody stands at the door with a ticket. */
export const admissionRequestSchema = z.object({
  code: z.string().trim().toUpperCase().min(1).max(64).refine(isStorable),
});

export const admissionSchema = z.object({
  ticket: z.object({
    title: z.string(),
    unit: z.int(),
    quantity: z.int(),
    usedAt: z.iso.datetime(),
  }),
});
