import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { optionalReasonBodySchema } from "@/lib/schemas/reason";
import { taskSchema } from "@/lib/schemas/task";
import { replayTask } from "@/lib/tasks";

// POST /api/tasks/{id}/replay
export const POST = defineRoute(
  {
    summary: "Replay a dead task",
    auth: "admin",
    fresh: true,
    params: z.object({ id: idSchema }),
    body: optionalReasonBodySchema,
    response: z.object({ task: taskSchema }),
  },
  async ({ body, params, caller, client, requestId }) => ({
    task: await replayTask(params.id, caller, { client, requestId, reason: body?.reason }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
