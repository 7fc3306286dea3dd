import { defineRoute } from "@/app/api/define-route";
import { auditPageSchema, auditQuerySchema, listAudit } from "@/lib/audit";
import { rejectOtherMethods } from "@/lib/core/http";

// GET /api/admin/audit
export const GET = defineRoute(
  {
    summary: "List audited actions, newest first, filtered by action, actor or subject",
    auth: "admin",
    query: auditQuerySchema,
    response: auditPageSchema,
  },
  async ({ caller, query }) => listAudit(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
