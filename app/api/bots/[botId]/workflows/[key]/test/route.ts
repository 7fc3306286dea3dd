import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { testDraft } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { testRunSchema } from "@/lib/schemas/bot-console";
import { executionSummarySchema } from "@/lib/schemas/bot-executions";
import { idSchema } from "@/lib/schemas/id";
import { workflowKeySchema } from "@/lib/schemas/workflow";

const params = z.object({ botId: idSchema, key: workflowKeySchema });

// POST /api/bots/{botId}/workflows/{key}/test
export const POST = defineRoute(
  {
    summary: "Run a draft for one Telegram user, by default the caller's own, whom alone it reaches",
    auth: "user",
    limit: "strict",
    params,
    body: testRunSchema,
    repeatable: true,
    response: z.object({ execution: executionSummarySchema }),
    status: 201,
  },
  async ({ caller, params, body, client, requestId, idempotencyKey }) => {
    const operator = { caller, context: { client, requestId }, idempotencyKey };
    return { execution: await testDraft(operator, params.botId, { key: params.key, ...body }) };
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
