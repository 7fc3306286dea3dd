import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { listExecutions } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { executionPageQuerySchema, executionPageSchema } from "@/lib/schemas/bot-executions";
import { idSchema } from "@/lib/schemas/id";

// GET /api/bots/{botId}/executions
export const GET = defineRoute(
  {
    summary: "People's executions in a bot, newest first",
    auth: "user",
    params: z.object({ botId: idSchema }),
    query: executionPageQuerySchema,
    response: executionPageSchema,
  },
  async ({ caller, params, query }) => listExecutions(caller, params.botId, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
