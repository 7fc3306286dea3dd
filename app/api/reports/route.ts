import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { createReport } from "@/lib/reports";
import { newReportSchema, reportSchema } from "@/lib/schemas/report";

// POST /api/reports
export const POST = defineRoute(
  {
    summary: "Report a post, message, person or product: 200 with the caller's open report when there is one",
    auth: "user",
    body: newReportSchema,
    response: z.object({ report: reportSchema }),
    status: 201,
  },
  async ({ caller, body }) => {
    const { report, created } = await createReport(caller, body);
    return new Reply({ report }, { status: created ? 201 : 200 });
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
