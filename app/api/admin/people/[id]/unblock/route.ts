import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { personSchema, unblockAccount } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";
import { reasonBodySchema } from "@/lib/schemas/reason";

// POST /api/admin/people/{id}/unblock
export const POST = defineRoute(
  {
    summary: "Let a blocked account sign in again",
    auth: "admin",
    fresh: true,
    params: z.object({ id: idSchema }),
    body: reasonBodySchema,
    response: z.object({ person: personSchema }),
  },
  async ({ body: { reason }, caller, client, params, requestId }) => ({
    person: await unblockAccount(caller, params.id, { client, requestId, reason }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
