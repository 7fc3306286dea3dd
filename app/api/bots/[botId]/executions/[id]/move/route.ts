import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { moveExecution } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { executionMoveSchema, executionSummarySchema } from "@/lib/schemas/bot-executions";
import { idSchema } from "@/lib/schemas/id";

// POST /api/bots/{botId}/executions/{id}/move
export const POST = defineRoute(
  {
    summary: "Move an execution to a version of its workflow, where it performs the node again",
    auth: "user",
    params: z.object({ botId: idSchema, id: idSchema }),
    body: executionMoveSchema,
    repeatable: true,
    response: z.object({ execution: executionSummarySchema }),
  },
  async ({ caller, params: { botId, id }, body, client, requestId, idempotencyKey }) => {
    const operator = { caller, context: { client, requestId }, idempotencyKey };
    return { execution: await moveExecution(operator, { botId, executionId: id }, body) };
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
