import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { getPersonDetails, personDetailsSchema } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";

// GET /api/admin/people/{id}
export const GET = defineRoute(
  {
    summary: "An account and the sessions it is signed in with",
    auth: "admin",
    params: z.object({ id: idSchema }),
    response: personDetailsSchema,
  },
  async ({ caller, params }) => getPersonDetails(caller, params.id),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
