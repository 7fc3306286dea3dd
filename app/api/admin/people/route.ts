import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { listPeople, peoplePageSchema, peopleQuerySchema } from "@/lib/ops";

// GET /api/admin/people
export const GET = defineRoute(
  {
    summary: "List accounts, newest first; search by name, address or id",
    auth: "admin",
    query: peopleQuerySchema,
    response: peoplePageSchema,
  },
  async ({ caller, query }) => listPeople(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
