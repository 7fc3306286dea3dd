import { route } from "@/app/api/define-route";
import { findPeople, peopleFoundQuerySchema, peopleFoundSchema } from "@/lib/chat";
import { onlyAllows } from "@/lib/core/http";

// GET /api/people
export const GET = route(
  {
    summary: "People by a part of their name, without yourself: to write to, to invite, to mention",
    auth: "user",
    query: peopleFoundQuerySchema,
    response: peopleFoundSchema,
  },
  async ({ caller, query }) => findPeople(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET");
