import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { resumeExecution } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { executionActionSchema, executionSummarySchema } from "@/lib/schemas/bot-executions";
import { idSchema } from "@/lib/schemas/id";

// POST /api/bots/{botId}/executions/{id}/resume
export const POST = defineRoute(
  {
    summary: "Let an execution go on: end its wait, ask again, or repeat the step that failed",
    auth: "user",
    params: z.object({ botId: idSchema, id: idSchema }),
    body: executionActionSchema,
    repeatable: true,
    response: z.object({ execution: executionSummarySchema }),
  },
  async ({ caller, params: { botId, id }, body, client, requestId, idempotencyKey }) => {
    const operator = { caller, context: { client, requestId }, idempotencyKey };
    return { execution: await resumeExecution(operator, { botId, executionId: id }, body) };
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
