import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import {
  newOrderSchema,
  orderPageQuerySchema,
  orderPageSchema,
  placedOrderSchema,
} from "@/lib/schemas/order";
import { listOrders, placeOrder } from "@/lib/shop";

/** In seconds; the payment provider is called at most twice, 8 s each. */
export const maxDuration = 30;

// GET /api/orders
export const GET = defineRoute(
  {
    summary: "List purchases or sales, newest first",
    auth: "user",
    query: orderPageQuerySchema,
    response: orderPageSchema,
  },
  async ({ caller, query }) => listOrders(caller, query),
);

// POST /api/orders
export const POST = defineRoute(
  {
    summary: "Create an order; checkoutUrl is where to pay. An Idempotency-Key header is used as clientKey",
    repeatable: true,
    auth: "user",
    limit: "strict",
    body: newOrderSchema,
    response: placedOrderSchema,
    status: 201,
  },
  async ({ caller, body, locale, idempotencyKey }) =>
    placeOrder(caller, { ...body, clientKey: body.clientKey ?? idempotencyKey }, locale),
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
