import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { alertTestSchema, sendTestAlert } from "@/lib/ops";
import { reasonBodySchema } from "@/lib/schemas/reason";

// POST /api/admin/alerts/test
export const POST = defineRoute(
  {
    summary: "Send a test to the webhook and the address that alerts go to",
    auth: "admin",
    fresh: true,
    body: reasonBodySchema,
    response: alertTestSchema,
  },
  async ({ body: { reason }, caller, client, requestId }) =>
    sendTestAlert(caller, { client, requestId, reason }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
