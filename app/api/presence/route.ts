import { z } from "zod";
import { route } from "@/app/api/define-route";
import { onlyAllows } from "@/lib/core/http";
import { beat, getPresences, heartbeatSchema, presenceQuerySchema, presencesSchema } from "@/lib/presence";

// GET /api/presence
export const GET = route(
  {
    summary: "Who is here: state and last seen of up to 100 people; whoever hides is offline",
    auth: "user",
    limit: "frequent",
    query: presenceQuerySchema,
    response: presencesSchema,
  },
  async ({ query }) => getPresences(query.userIds),
);

// POST /api/presence
export const POST = route(
  {
    summary: "A browser's answer to a heartbeat of its event stream",
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

export const { PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET", "POST");
