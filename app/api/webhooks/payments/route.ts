import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { eventReceiptSchema, receivePaymentEvent } from "@/lib/shop";

/** The provider's events are a few kilobytes. */
const BODY_LIMIT_BYTES = 512 * 1024;

// POST /api/webhooks/payments
export const POST = defineRoute(
  {
    summary: "Receive a signed event from the payment provider",
    auth: "public",
    origin: "any",
    limit: "skip",
    text: true,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    response: eventReceiptSchema,
  },
  async ({ text, request }) => receivePaymentEvent(text, request.headers.get("stripe-signature")),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
