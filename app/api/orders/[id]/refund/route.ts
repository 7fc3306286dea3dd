import { z } from "zod";
import { route } from "@/app/api/define-route";
import { onlyAllows, Reply } from "@/lib/core/http";
import { idSchema } from "@/lib/core/ids";
import { refundAcceptedSchema, refundRequestSchema, requestRefund } from "@/lib/shop";

// POST /api/orders/{id}/refund
export const POST = route(
  {
    summary: "Give money back, all that is left unless said; its seller and administrators. Answers 202",
    auth: "user",
    params: z.object({ id: idSchema }),
    body: refundRequestSchema,
    response: refundAcceptedSchema,
  },
  async ({ params, caller, body, client, requestId }) =>
    new Reply(await requestRefund(params.id, caller, body, { client, requestId }), { status: 202 }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
