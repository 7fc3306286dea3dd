import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { getOwnNumbers } from "@/lib/people";
import { ownNumbersQuerySchema, ownNumbersSchema } from "@/lib/schemas/own-numbers";

// GET /api/me/numbers
export const GET = defineRoute(
  {
    summary: "Views, plays and sales of what the caller published, by UTC day",
    auth: "user",
    query: ownNumbersQuerySchema,
    response: ownNumbersSchema,
  },
  async ({ caller, query }) => getOwnNumbers(caller, query.days),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
