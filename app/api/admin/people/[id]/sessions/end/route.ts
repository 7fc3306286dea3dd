import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { endPersonSessions } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";
import { reasonBodySchema } from "@/lib/schemas/reason";

// POST /api/admin/people/{id}/sessions/end
export const POST = defineRoute(
  {
    summary: "End one session of a user, or without `sessionId` all of them",
    auth: "admin",
    fresh: true,
    params: z.object({ id: idSchema }),
    body: reasonBodySchema.extend({ sessionId: idSchema.optional() }),
    response: z.object({ ended: z.int() }),
  },
  async ({ body: { reason, sessionId }, caller, client, params, requestId }) => ({
    ended: await endPersonSessions(caller, { personId: params.id, sessionId }, { client, requestId, reason }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
