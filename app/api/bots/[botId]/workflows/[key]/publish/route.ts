import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { publishDraft } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { publicationSchema, workflowSchema } from "@/lib/schemas/bot-console";
import { idSchema } from "@/lib/schemas/id";
import { workflowKeySchema } from "@/lib/schemas/workflow";

const params = z.object({ botId: idSchema, key: workflowKeySchema });

// POST /api/bots/{botId}/workflows/{key}/publish
export const POST = defineRoute(
  {
    summary: "Publish a draft as a new version; people who wait stay on theirs",
    auth: "user",
    limit: "strict",
    params,
    body: publicationSchema,
    repeatable: true,
    response: z.object({ workflow: workflowSchema }),
  },
  async ({ caller, params, body, client, requestId, idempotencyKey }) => {
    const operator = { caller, context: { client, requestId }, idempotencyKey };
    return { workflow: await publishDraft(operator, params.botId, { key: params.key, ...body }) };
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
