import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { getPersonPage } from "@/lib/people";
import { handleSchema } from "@/lib/schemas/handle";
import { personPageSchema } from "@/lib/schemas/person";

// GET /api/people/{handle}
export const GET = defineRoute(
  {
    summary: "A person by the handle of their page, with the first of their posts and products",
    auth: "public",
    params: z.object({ handle: handleSchema }),
    response: personPageSchema,
  },
  async ({ params }) => getPersonPage(params.handle),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
