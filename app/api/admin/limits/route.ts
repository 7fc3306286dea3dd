import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { limitsPageSchema, limitsQuerySchema, listLimits } from "@/lib/ops";

// GET /api/admin/limits
export const GET = defineRoute(
  {
    summary: "Callers whom rate limits refuse now, and by which rules",
    auth: "admin",
    query: limitsQuerySchema,
    response: limitsPageSchema,
  },
  async ({ caller, query }) => listLimits(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
