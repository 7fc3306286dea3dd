import { z } from "zod";
import { idSchema } from "../core/ids";
import { isStorable, isVisible } from "../core/text";
import { OrderStatus, ProductKind, TaskState } from "../schemas/enums";

/** Schemas and limits shared by the pages and the API. Safe to import in the browser. */

export const productKindSchema = z.enum(ProductKind);

/** ISO 4217. All of them have two decimals, so a minor unit is a hundredth everywhere. */
export const currencySchema = z.enum(["RUB", "USD", "EUR", "GBP"]);
export type Currency = z.infer<typeof currencySchema>;

/** The payment provider's minimum. */
export const MIN_PRICE_MINOR = 50;
/** The payment provider accepts at most eight digits in one payment. */
export const MAX_AMOUNT_MINOR = 99_999_999;
export const MAX_STOCK = 1_000_000;
/** Units of one product in one order: a mail with all their codes must stay readable. */
export const MAX_QUANTITY = 50;

const singleLineText = (max: number) =>
  z.string().trim().min(1, { abort: true }).max(max).refine(isStorable).refine(isVisible);

function hasCredentials(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== "" || password !== "";
}

/** Input for a new product. */
export const newProductSchema = z
  .object({
    kind: productKindSchema,
    title: singleLineText(120),
    description: z.string().trim().max(5_000).refine(isStorable).default(""),
    /** Minor units of the currency, per unit. */
    priceMinor: z.int().min(MIN_PRICE_MINOR).max(MAX_AMOUNT_MINOR),
    currency: z.string().trim().toUpperCase().pipe(currencySchema),
    /** Units for sale; null: unlimited. */
    stock: z.int().min(1).max(MAX_STOCK).nullable().default(null),
    /** The file that buyers download: required for a track, optional for a licence, not allowed for a ticket. */
    assetUrl: z
      .url({ protocol: /^https$/ })
      .max(2_000)
      .refine(isStorable)
      // Credentials would show in every buyer's address bar.
      .refine((url) => !hasCredentials(url))
      .nullable()
      .default(null),
  })
  .refine(({ kind, assetUrl }) => kind !== "track" || assetUrl !== null, { path: ["assetUrl"] })
  .refine(({ kind, assetUrl }) => kind !== "ticket" || assetUrl === null, { path: ["assetUrl"] });

export type NewProduct = z.input<typeof newProductSchema>;

/** A product's public view. */
export const productSchema = z.object({
  id: z.uuid(),
  kind: productKindSchema,
  title: z.string(),
  description: z.string(),
  priceMinor: z.int(),
  currency: z.string(),
  /** Units left; null: unlimited. */
  stock: z.int().nullable(),
  /** Null when the seller's account was deleted; the product stays for its buyers. */
  sellerId: z.uuid().nullable(),
  sellerName: z.string().nullable(),
  /** No longer for sale. */
  archived: z.boolean(),
  createdAt: z.iso.datetime(),
});

export type Product = z.infer<typeof productSchema>;

const pageShape = {
  /** Id of the previous page's last item. */
  cursor: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
};

/** Archived products are never listed. */
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

/** One or more units of one product. */
export const newOrderSchema = z.object({
  productId: idSchema,
  quantity: z.int().min(1).max(MAX_QUANTITY).default(1),
  /** Idempotency key made by the buyer's client. An `Idempotency-Key` header does the same. */
  clientKey: z.string().trim().min(1).max(100).refine(isStorable).optional(),
});

export type NewOrder = z.input<typeof newOrderSchema>;

/**
 * `pending`: not paid yet. `paid`: being delivered. `delivered`: everything delivered. `refunded`: refunded in full.
 * `failed`: never paid, or too late. A partial refund keeps the status and shows in `refundedMinor`.
 */
export const orderStatusSchema = z.enum(OrderStatus);

/** A background task of an order. */
export const orderTaskSchema = z.object({
  queue: z.string(),
  state: z.enum(TaskState),
});

/** One unit that was delivered; only the buyer and administrators see it. */
export const deliverySchema = z.object({
  id: z.uuid(),
  kind: productKindSchema,
  /** Starts at 1. */
  unit: z.int(),
  /** The code of a ticket or licence; null for a track, which has only a download. */
  code: z.string().nullable(),
  /** Path on this site that redirects to the file; null when there is no file or the delivery is revoked. */
  downloadUrl: z.string().nullable(),
  /** When a refund made the code and the download invalid. */
  revokedAt: z.iso.datetime().nullable(),
  /** When the ticket was admitted. */
  usedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});

export type DeliveryView = z.infer<typeof deliverySchema>;

/** An order in a list. */
export const orderSummarySchema = z.object({
  id: z.uuid(),
  status: orderStatusSchema,
  kind: productKindSchema,
  /** The product's title at the time of purchase. */
  title: z.string(),
  quantity: z.int(),
  unitPriceMinor: z.int(),
  amountMinor: z.int(),
  currency: z.string(),
  /** Total refunded so far. */
  refundedMinor: z.int(),
  /** Null when the product was deleted. */
  productId: z.uuid().nullable(),
  sellerId: z.uuid().nullable(),
  sellerName: z.string().nullable(),
  /** Only for the seller and administrators; null when the buyer's account was deleted. */
  buyerName: z.string().nullable(),
  createdAt: z.iso.datetime(),
  paidAt: z.iso.datetime().nullable(),
  deliveredAt: z.iso.datetime().nullable(),
  /** When it was refunded in full, or failed. */
  closedAt: z.iso.datetime().nullable(),
});

export type OrderSummary = z.infer<typeof orderSummarySchema>;

/** An order on its own page. */
export const orderSchema = orderSummarySchema.extend({
  /** The caller's role in this order: the seller sees no deliveries, and only the buyer can pay. */
  viewedAs: z.enum(["buyer", "seller", "admin"]),
  /** The payment page, while the order can be paid; null for other viewers than the buyer. */
  checkoutUrl: z.url().nullable(),
  tasks: z.array(orderTaskSchema),
  deliveries: z.array(deliverySchema),
});

export type OrderView = z.infer<typeof orderSchema>;

export const placedOrderSchema = z.object({
  order: orderSchema,
  /** The provider's payment page; null when a repeated request finds an order that can no longer be paid. */
  checkoutUrl: z.url().nullable(),
});

export type PlacedOrder = z.infer<typeof placedOrderSchema>;

export const orderPageQuerySchema = z.object({
  ...pageShape,
  /** The caller's purchases, or their sales. */
  as: z.enum(["buyer", "seller"]).default("buyer"),
});

export const orderPageSchema = z.object({
  items: z.array(orderSummarySchema),
  nextCursor: z.uuid().nullable(),
});

export type OrderPage = z.infer<typeof orderPageSchema>;

/** A refund by the seller or an administrator. */
export const refundRequestSchema = z.object({
  /** Minor units; default: everything not yet refunded. */
  amountMinor: z.int().positive().max(MAX_AMOUNT_MINOR).optional(),
  reason: z.enum(["requested_by_customer", "duplicate", "fraudulent"]).default("requested_by_customer"),
});

export type RefundRequest = z.input<typeof refundRequestSchema>;

/** Response with status 202: the refund is a task, and `GET /api/orders/{id}` shows its result. */
export const refundAcceptedSchema = z.object({
  task: orderTaskSchema.extend({ id: z.uuid() }),
});

/** A ticket's code, entered at the venue. */
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
