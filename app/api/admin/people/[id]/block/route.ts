import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { blockAccount, personSchema } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";
import { reasonBodySchema } from "@/lib/schemas/reason";

// POST /api/admin/people/{id}/block
export const POST = defineRoute(
  {
    summary: "Block an account: it is signed out and cannot sign in",
    auth: "admin",
    fresh: true,
    params: z.object({ id: idSchema }),
    body: reasonBodySchema,
    response: z.object({ person: personSchema }),
  },
  async ({ body: { reason }, caller, client, params, requestId }) => ({
    person: await blockAccount(caller, params.id, { client, requestId, reason }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
