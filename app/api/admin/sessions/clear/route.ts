import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { clearSessions } from "@/lib/ops";
import { reasonBodySchema } from "@/lib/schemas/reason";

// POST /api/admin/sessions/clear
export const POST = defineRoute(
  {
    summary: "End the sessions of all users",
    auth: "admin",
    fresh: true,
    limit: "strict",
    body: reasonBodySchema,
    response: z.object({ ended: z.int() }),
  },
  async ({ body: { reason }, caller, client, requestId }) => ({
    ended: await clearSessions(caller, { client, requestId, reason }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
