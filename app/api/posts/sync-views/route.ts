import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { syncViewsNow } from "@/lib/ops";
import { syncResponseSchema } from "@/lib/schemas/views";

// POST /api/posts/sync-views
export const POST = defineRoute(
  {
    summary: "Write pending views to Postgres now",
    auth: "admin",
    limit: "strict",
    response: syncResponseSchema,
  },
  async ({ caller, client, requestId }) => syncViewsNow(caller, { client, requestId }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
