import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { refundAcceptedSchema, refundRequestSchema } from "@/lib/schemas/order";
import { enqueueRefund } from "@/lib/shop";

// POST /api/orders/{id}/refund
export const POST = defineRoute(
  {
    summary: "Request a refund, by default of all that is left; its seller and administrators. Answers 202",
    auth: "user",
    params: z.object({ id: idSchema }),
    body: refundRequestSchema,
    repeatable: true,
    response: refundAcceptedSchema,
  },
  async ({ params, caller, body, client, requestId, idempotencyKey: key }) =>
    new Reply(await enqueueRefund(params.id, caller, body, { client, requestId, key }), { status: 202 }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
