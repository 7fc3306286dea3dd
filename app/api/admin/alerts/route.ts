import { route } from "@/app/api/define-route";
import { onlyAllows } from "@/lib/core/http";
import { alertPageQuerySchema, alertPageSchema, openAlerts } from "@/lib/ops";

// GET /api/admin/alerts
export const GET = route(
  {
    summary: "What an operator must look at, newest first",
    auth: "admin",
    query: alertPageQuerySchema,
    response: alertPageSchema,
  },
  async ({ caller, query }) => openAlerts(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET");
