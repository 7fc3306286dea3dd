import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { syncViewsNow } from "@/lib/ops";
import { reasonBodySchema } from "@/lib/schemas/reason";
import { syncResponseSchema } from "@/lib/schemas/views";

// POST /api/admin/views/sync
export const POST = defineRoute(
  {
    summary: "Write pending views to Postgres now, with a reason",
    auth: "admin",
    fresh: true,
    limit: "strict",
    body: reasonBodySchema,
    response: syncResponseSchema,
  },
  async ({ body: { reason }, caller, client, requestId }) =>
    syncViewsNow(caller, { client, requestId, reason }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
