import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { eventReceiptSchema, receivePaymentEvent } from "@/lib/shop";

// POST /api/webhooks/payments
export const POST = defineRoute(
  {
    summary: "The payment provider tells what happened; it signs what it sends",
    auth: "public",
    origin: "any",
    limit: "skip",
    response: eventReceiptSchema,
  },
  async ({ request }) => receivePaymentEvent(request),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
