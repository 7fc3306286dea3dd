import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { validateWorkflow } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { MAX_DRAFT_BODY_BYTES, problemsSchema, validationSchema } from "@/lib/schemas/bot-console";
import { idSchema } from "@/lib/schemas/id";
import { workflowKeySchema } from "@/lib/schemas/workflow";

const params = z.object({ botId: idSchema, key: workflowKeySchema });

// POST /api/bots/{botId}/workflows/{key}/validate
export const POST = defineRoute(
  {
    summary: "What keeps a definition, or else the draft, from being published",
    auth: "user",
    params,
    body: validationSchema,
    bodyLimitBytes: MAX_DRAFT_BODY_BYTES,
    response: problemsSchema,
  },
  async ({ caller, params, body }) => ({
    problems: await validateWorkflow(caller, params.botId, { key: params.key, ...body }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
