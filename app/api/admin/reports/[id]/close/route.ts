import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { closeReport } from "@/lib/reports";
import { idSchema } from "@/lib/schemas/id";
import { closeReportSchema, reportViewSchema } from "@/lib/schemas/report";

// POST /api/admin/reports/{id}/close
export const POST = defineRoute(
  {
    summary: "Close a report as dismissed or resolved",
    auth: "admin",
    fresh: true,
    params: z.object({ id: idSchema }),
    body: closeReportSchema,
    response: z.object({ report: reportViewSchema }),
  },
  async ({ body, caller, client, params, requestId }) => ({
    report: await closeReport(caller, params.id, body, { client, requestId }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
