import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { readTimeline } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { timelineQuerySchema, timelineSchema } from "@/lib/schemas/bot-executions";
import { idSchema } from "@/lib/schemas/id";

// GET /api/bots/{botId}/executions/{id}
export const GET = defineRoute(
  {
    summary: "An execution's timeline: its steps with what they sent",
    auth: "user",
    params: z.object({ botId: idSchema, id: idSchema }),
    query: timelineQuerySchema,
    response: timelineSchema,
  },
  async ({ caller, params: { botId, id }, query }) => readTimeline(caller, { botId, executionId: id }, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
