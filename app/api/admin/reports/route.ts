import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { listReports } from "@/lib/reports";
import { reportPageQuerySchema, reportPageSchema } from "@/lib/schemas/report";

// GET /api/admin/reports
export const GET = defineRoute(
  {
    summary: "List reports in one state, newest first, with what they are about",
    auth: "admin",
    query: reportPageQuerySchema,
    response: reportPageSchema,
  },
  async ({ caller, query }) => listReports(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
