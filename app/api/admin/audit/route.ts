import { defineRoute } from "@/app/api/define-route";
import { auditPageSchema, auditQuerySchema, listAudit } from "@/lib/audit";
import { rejectOtherMethods } from "@/lib/core/http";

// GET /api/admin/audit
export const GET = defineRoute(
  {
    summary: "Sensitive actions, newest first: by action, by who did it, by what it was done to",
    auth: "admin",
    query: auditQuerySchema,
    response: auditPageSchema,
  },
  async ({ caller, query }) => listAudit(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
