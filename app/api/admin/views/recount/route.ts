import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { recountBodySchema, recountsSchema, recountViews } from "@/lib/ops";

// POST /api/admin/views/recount
export const POST = defineRoute(
  {
    summary: "Count a post's views and plays again by their rows; answers the difference",
    auth: "admin",
    fresh: true,
    limit: "strict",
    body: recountBodySchema,
    response: recountsSchema,
  },
  async ({ body: { postId, reason }, caller, client, requestId }) =>
    recountViews(caller, postId, { client, requestId, reason }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
