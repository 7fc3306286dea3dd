import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { importWorkflows } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { importSchema, MAX_DOCUMENT_BYTES, workflowListSchema } from "@/lib/schemas/bot-console";
import { idSchema } from "@/lib/schemas/id";

// POST /api/bots/{botId}/import
export const POST = defineRoute(
  {
    summary: "Write the drafts of an exported document, all of them or none; nothing is published",
    auth: "user",
    limit: "strict",
    params: z.object({ botId: idSchema }),
    body: importSchema,
    bodyLimitBytes: MAX_DOCUMENT_BYTES,
    repeatable: true,
    response: workflowListSchema,
  },
  async ({ caller, params, body, client, requestId, idempotencyKey }) => {
    const operator = { caller, context: { client, requestId }, idempotencyKey };
    return { items: await importWorkflows(operator, params.botId, body) };
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
