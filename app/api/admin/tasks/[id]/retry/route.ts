import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { reasonSchema } from "@/lib/schemas/reason";
import { taskSchema } from "@/lib/schemas/task";
import { replayTask } from "@/lib/tasks";

// POST /api/admin/tasks/{id}/retry
export const POST = defineRoute(
  {
    summary: "Replay a dead task with a reason, and with another payload if one is given",
    auth: "admin",
    fresh: true,
    params: z.object({ id: idSchema }),
    body: z.object({ reason: reasonSchema, payload: z.json().optional() }),
    response: z.object({ task: taskSchema }),
  },
  async ({ body, caller, client, params, requestId }) => ({
    task: await replayTask(params.id, caller, { client, requestId, ...body }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
