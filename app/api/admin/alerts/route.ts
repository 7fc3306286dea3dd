import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { alertPageQuerySchema, alertPageSchema, listOpenAlerts } from "@/lib/ops";

// GET /api/admin/alerts
export const GET = defineRoute(
  {
    summary: "List alerts, newest first",
    auth: "admin",
    query: alertPageQuerySchema,
    response: alertPageSchema,
  },
  async ({ caller, query }) => listOpenAlerts(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
