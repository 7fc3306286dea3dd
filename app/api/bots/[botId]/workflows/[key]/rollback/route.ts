import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rollBack } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { rollbackSchema, workflowSchema } from "@/lib/schemas/bot-console";
import { idSchema } from "@/lib/schemas/id";
import { workflowKeySchema } from "@/lib/schemas/workflow";

const params = z.object({ botId: idSchema, key: workflowKeySchema });

// POST /api/bots/{botId}/workflows/{key}/rollback
export const POST = defineRoute(
  {
    summary: "Publish an earlier version again, as a new version",
    auth: "user",
    limit: "strict",
    params,
    body: rollbackSchema,
    repeatable: true,
    response: z.object({ workflow: workflowSchema }),
  },
  async ({ caller, params, body, client, requestId, idempotencyKey }) => {
    const operator = { caller, context: { client, requestId }, idempotencyKey };
    return { workflow: await rollBack(operator, params.botId, { key: params.key, ...body }) };
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
