import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { alertSchema, closeAlert } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";
import { reasonBodySchema } from "@/lib/schemas/reason";

// POST /api/admin/alerts/{id}/close
export const POST = defineRoute(
  {
    summary: "Close an alert",
    auth: "admin",
    fresh: true,
    params: z.object({ id: idSchema }),
    body: reasonBodySchema,
    response: z.object({ alert: alertSchema }),
  },
  async ({ body: { reason }, caller, client, params, requestId }) => ({
    alert: await closeAlert(params.id, caller, { client, requestId, reason }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
