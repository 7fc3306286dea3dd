import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { beat, getPresences } from "@/lib/presence";
import { heartbeatSchema, presenceQuerySchema, presencesSchema } from "@/lib/schemas/presence";

// GET /api/presence
export const GET = defineRoute(
  {
    summary: "Presence of up to 100 people: state and last seen; hidden people are offline",
    auth: "user",
    limit: "frequent",
    query: presenceQuerySchema,
    response: presencesSchema,
  },
  async ({ query }) => getPresences(query.userIds),
);

// POST /api/presence
export const POST = defineRoute(
  {
    summary: "Acknowledge a heartbeat of the event stream",
    auth: "user",
    limit: "frequent",
    body: heartbeatSchema,
    response: z.object({}),
  },
  async ({ body, caller }) => {
    await beat(caller.userId, body.streamId, body.state);
    return {};
  },
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
