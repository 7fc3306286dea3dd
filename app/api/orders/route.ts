import { defineRoute } from "@/app/api/define-route";
import { parseInput, rejectOtherMethods } from "@/lib/core/http";
import {
  newOrderSchema,
  orderPageQuerySchema,
  orderPageSchema,
  placedOrderSchema,
} from "@/lib/schemas/order";
import { listOrders, placeOrder } from "@/lib/shop";

/** In seconds; the payment provider is called at most twice, 8 s each. */
export const maxDuration = 30;

const keySchema = newOrderSchema.pick({ clientKey: true });

// GET /api/orders
export const GET = defineRoute(
  {
    summary: "What you bought, or sold, newest first",
    auth: "user",
    query: orderPageQuerySchema,
    response: orderPageSchema,
  },
  async ({ caller, query }) => listOrders(caller, query),
);

// POST /api/orders
export const POST = defineRoute(
  {
    summary: "Order something; checkoutUrl is where to pay. An Idempotency-Key header is taken as clientKey",
    auth: "user",
    limit: "strict",
    body: newOrderSchema,
    response: placedOrderSchema,
    status: 201,
  },
  async ({ caller, body, locale, request }) => {
    const header = request.headers.get("idempotency-key") ?? undefined;
    const { clientKey } = body.clientKey ? body : parseInput(keySchema, { clientKey: header }, locale);
    return placeOrder(caller, { ...body, clientKey }, locale);
  },
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
