import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { discardDraft, saveDraft } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import {
  draftChangeSchema,
  draftDiscardQuerySchema,
  MAX_DRAFT_BODY_BYTES,
  workflowSchema,
} from "@/lib/schemas/bot-console";
import { idSchema } from "@/lib/schemas/id";
import { workflowKeySchema } from "@/lib/schemas/workflow";

const params = z.object({ botId: idSchema, key: workflowKeySchema });
const response = z.object({ workflow: workflowSchema });

// PUT /api/bots/{botId}/workflows/{key}/draft
export const PUT = defineRoute(
  {
    summary: "Save a workflow's draft; 409 when another editor has changed it",
    auth: "user",
    params,
    body: draftChangeSchema,
    bodyLimitBytes: MAX_DRAFT_BODY_BYTES,
    repeatable: true,
    response,
  },
  async ({ caller, params, body, client, requestId, idempotencyKey }) => {
    const operator = { caller, context: { client, requestId }, idempotencyKey };
    return { workflow: await saveDraft(operator, params.botId, { key: params.key, ...body }) };
  },
);

// DELETE /api/bots/{botId}/workflows/{key}/draft
export const DELETE = defineRoute(
  {
    summary: "Discard a workflow's draft; 409 when another editor has changed it",
    auth: "user",
    params,
    query: draftDiscardQuerySchema,
    response,
  },
  async ({ caller, params, query, client, requestId }) => {
    const operator = { caller, context: { client, requestId } };
    return { workflow: await discardDraft(operator, params.botId, { key: params.key, ...query }) };
  },
);

export const { GET, POST, PATCH, OPTIONS } = rejectOtherMethods("PUT", "DELETE");
