import { defineRoute } from "@/app/api/define-route";
import { findPeople } from "@/lib/chat";
import { rejectOtherMethods } from "@/lib/core/http";
import { peopleSearchQuerySchema, peopleSearchResultsSchema } from "@/lib/schemas/person";

// GET /api/people
export const GET = defineRoute(
  {
    summary: "Search people by a part of their name, except the caller: to write to, invite or mention",
    auth: "user",
    query: peopleSearchQuerySchema,
    response: peopleSearchResultsSchema,
  },
  async ({ caller, query }) => findPeople(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
