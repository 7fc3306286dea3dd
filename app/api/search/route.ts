import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { searchQuerySchema, searchResultsSchema } from "@/lib/schemas/search";
import { search } from "@/lib/search";

// GET /api/search
export const GET = defineRoute(
  {
    summary: "Search posts, people, tags and products",
    auth: "public",
    // An open menu searches while its user types.
    limit: "frequent",
    query: searchQuerySchema,
    response: searchResultsSchema,
  },
  async ({ query }) => search(query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
