import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { changeRole, changeRoleBodySchema, personSchema } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";

// POST /api/admin/people/{id}/role
export const POST = defineRoute(
  {
    summary: "Change a user's role; ends their sessions",
    auth: "admin",
    fresh: true,
    params: z.object({ id: idSchema }),
    body: changeRoleBodySchema,
    response: z.object({ person: personSchema }),
  },
  async ({ body: { reason, role }, caller, client, params, requestId }) => ({
    person: await changeRole(caller, params.id, { role }, { client, requestId, reason }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
