import { z } from "zod";
import { isStorable } from "../core/text";
import { deliverySchema } from "./delivery";
import { OrderStatus, ProductKind } from "./enums";
import { idSchema } from "./id";
import { MAX_AMOUNT_MINOR, MAX_QUANTITY, MAX_SPEND_MINOR } from "./limits";
import { pageQueryShape, pageSchema } from "./page";
import { taskSchema } from "./task";

/** One or more units of one product. */
export const newOrderSchema = z.object({
  productId: idSchema,
  quantity: z.int().min(1).max(MAX_QUANTITY).default(1),
  /** Hundredths of a bonus that are to pay a part of the price: bonus-price.ts says how much they pay, and at most. */
  bonusAmount: z.int().min(0).max(MAX_SPEND_MINOR).default(0),
  /** Idempotency key made by the buyer's client. An `Idempotency-Key` header does the same. */
  clientKey: z.string().trim().min(1).max(100).refine(isStorable).optional(),
});

export type NewOrder = z.input<typeof newOrderSchema>;

/** A background task of an order. */
export const orderTaskSchema = taskSchema.pick({ queue: true, state: true });

/** An order in a list. */
export const orderSummarySchema = z.object({
  id: z.uuid(),
  /**
   * `pending`: not paid yet. `paid`: being delivered. `delivered`: everything delivered. `refunded`: refunded in full.
   * `failed`: never paid, or too late. A partial refund keeps the status and shows in `refundedMinor`.
   */
  status: z.enum(OrderStatus),
  kind: z.enum(ProductKind),
  /** The product's title at the time of purchase. */
  title: z.string(),
  quantity: z.int(),
  unitPriceMinor: z.int(),
  /** The price of all units: `bonusMinor` of it is paid with bonuses, the rest with money. */
  amountMinor: z.int(),
  /** Minor units of the currency that bonuses pay. */
  bonusMinor: z.int(),
  /** Hundredths of a bonus that this took. */
  bonusAmount: z.int(),
  /** When these returned to the buyer: the order was not paid, or all of its money was refunded. */
  bonusReturnedAt: z.iso.datetime().nullable(),
  currency: z.string(),
  /** Total of money refunded so far. */
  refundedMinor: z.int(),
  /** Null when the product was deleted. */
  productId: z.uuid().nullable(),
  sellerId: z.uuid().nullable(),
  sellerName: z.string().nullable(),
  sellerHandle: z.string().nullable(),
  /** Only for the seller and administrators, like the next two; null when the buyer's account was deleted. */
  buyerId: z.uuid().nullable(),
  buyerName: z.string().nullable(),
  buyerHandle: z.string().nullable(),
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
  ...pageQueryShape(),
  /** The caller's purchases, or their sales. */
  as: z.enum(["buyer", "seller"]).default("buyer"),
});

export const orderPageSchema = pageSchema(orderSummarySchema);

export type OrderPage = z.infer<typeof orderPageSchema>;

export const refundReasonSchema = z.enum(["requested_by_customer", "duplicate", "fraudulent"]);

/** A refund by the seller or an administrator. */
export const refundRequestSchema = z.object({
  /** Minor units; default: everything not yet refunded. */
  amountMinor: z.int().positive().max(MAX_AMOUNT_MINOR).optional(),
  reason: refundReasonSchema.default("requested_by_customer"),
});

export type RefundRequest = z.input<typeof refundRequestSchema>;

/** Response with status 202: the refund is a task, and `GET /api/orders/{id}` shows its result. */
export const refundAcceptedSchema = z.object({
  task: orderTaskSchema.extend({ id: z.uuid() }),
});

export type RefundAccepted = z.infer<typeof refundAcceptedSchema>;
