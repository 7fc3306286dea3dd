import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { createWorkflow, listWorkflows } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import {
  MAX_DRAFT_BODY_BYTES,
  newWorkflowSchema,
  workflowListSchema,
  workflowSchema,
} from "@/lib/schemas/bot-console";
import { idSchema } from "@/lib/schemas/id";

const params = z.object({ botId: idSchema });

// GET /api/bots/{botId}/workflows
export const GET = defineRoute(
  { summary: "A bot's workflows, by key", auth: "user", params, response: workflowListSchema },
  async ({ caller, params }) => ({ items: await listWorkflows(caller, params.botId) }),
);

// POST /api/bots/{botId}/workflows
export const POST = defineRoute(
  {
    summary: "Add a workflow as a draft",
    auth: "user",
    params,
    body: newWorkflowSchema,
    bodyLimitBytes: MAX_DRAFT_BODY_BYTES,
    repeatable: true,
    response: z.object({ workflow: workflowSchema }),
    status: 201,
  },
  async ({ caller, params, body, client, requestId, idempotencyKey }) => {
    const operator = { caller, context: { client, requestId }, idempotencyKey };
    return { workflow: await createWorkflow(operator, params.botId, body) };
  },
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
