import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { syncResponseSchema } from "@/lib/schemas/views";
import { syncNow } from "@/lib/views";

// POST /api/posts/sync-views
export const POST = defineRoute(
  {
    summary: "Write pending views to Postgres now",
    auth: "admin",
    limit: "strict",
    response: syncResponseSchema,
  },
  async () => syncNow("admin"),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
