import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { listHiddenPeople } from "@/lib/contacts";
import { rejectOtherMethods } from "@/lib/core/http";
import { getPresences, report } from "@/lib/presence";
import { presenceQuerySchema, presenceReportSchema, presencesSchema } from "@/lib/schemas/presence";

// GET /api/presence
export const GET = defineRoute(
  {
    summary:
      "Presence of up to 100 people: state and last seen; offline for hidden people and where there is a block",
    auth: "user",
    limit: "frequent",
    query: presenceQuerySchema,
    response: presencesSchema,
  },
  async ({ caller, query }) => getPresences(query.userIds, await listHiddenPeople(caller.userId)),
);

// POST /api/presence
export const POST = defineRoute(
  {
    summary: "Report whether a browser shows a page, when that has changed",
    auth: "user",
    limit: "frequent",
    body: presenceReportSchema,
    response: z.object({}),
  },
  async ({ body, caller }) => {
    await report(caller.userId, body.streamId, body.state);
    return {};
  },
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
