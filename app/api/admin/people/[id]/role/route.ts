import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { changeRole, newRoleSchema, personSchema } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";

// POST /api/admin/people/{id}/role
export const POST = defineRoute(
  {
    summary: "Change a user's role; ends their sessions",
    auth: "admin",
    fresh: true,
    params: z.object({ id: idSchema }),
    body: newRoleSchema,
    response: z.object({ person: personSchema }),
  },
  async ({ body, caller, client, params, requestId }) => ({
    person: await changeRole(caller, params.id, body, { client, requestId }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
