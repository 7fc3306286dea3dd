import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { deleteWorkflow, getWorkflow } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { workflowSchema } from "@/lib/schemas/bot-console";
import { idSchema } from "@/lib/schemas/id";
import { workflowKeySchema } from "@/lib/schemas/workflow";

const params = z.object({ botId: idSchema, key: workflowKeySchema });

// GET /api/bots/{botId}/workflows/{key}
export const GET = defineRoute(
  {
    summary: "A workflow: what is published, its draft, its versions, and how many people wait at each node",
    auth: "user",
    params,
    response: z.object({ workflow: workflowSchema }),
  },
  async ({ caller, params }) => ({ workflow: await getWorkflow(caller, params.botId, params.key) }),
);

// DELETE /api/bots/{botId}/workflows/{key}
export const DELETE = defineRoute(
  {
    summary: "Delete a workflow that was never published",
    auth: "user",
    params,
    response: z.object({ key: workflowKeySchema }),
  },
  async ({ caller, params, client, requestId }) => {
    await deleteWorkflow({ caller, context: { client, requestId } }, params.botId, params.key);
    return { key: params.key };
  },
);

export const { POST, PUT, PATCH, OPTIONS } = rejectOtherMethods("GET", "DELETE");
