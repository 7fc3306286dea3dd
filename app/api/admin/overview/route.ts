import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { getOverview, overviewQuerySchema, overviewSchema } from "@/lib/ops";

// GET /api/admin/overview
export const GET = defineRoute(
  {
    summary: "Health of every backend, what is wrong, and what was counted over an hour, a day or a week",
    auth: "admin",
    query: overviewQuerySchema,
    response: overviewSchema,
  },
  async ({ caller, query }) => getOverview(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
