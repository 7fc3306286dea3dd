import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { reasonSchema } from "@/lib/schemas/reason";
import { taskSchema } from "@/lib/schemas/task";
import { cancelTaskAsOperator } from "@/lib/tasks";

// POST /api/admin/tasks/{id}/cancel
export const POST = defineRoute(
  {
    summary: "Cancel a dead task with a reason, or one that has not finished where its queue allows that",
    auth: "admin",
    fresh: true,
    params: z.object({ id: idSchema }),
    body: z.object({ reason: reasonSchema }),
    response: z.object({ task: taskSchema }),
  },
  async ({ body, caller, client, params, requestId }) => ({
    task: await cancelTaskAsOperator(params.id, caller, { client, requestId, ...body }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
