import { z } from "zod";
import { route } from "@/app/api/define-route";
import { onlyAllows } from "@/lib/core/http";
import { idSchema } from "@/lib/core/ids";
import { changeRole, newRoleSchema, personSchema } from "@/lib/ops";

// POST /api/admin/people/{id}/role
export const POST = route(
  {
    summary: "Give somebody another role; ends their sessions",
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

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
