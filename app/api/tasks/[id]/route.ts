import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { optionalReasonBodySchema } from "@/lib/schemas/reason";
import { taskSchema } from "@/lib/schemas/task";
import { cancelTask, getTask } from "@/lib/tasks";

const params = z.object({ id: idSchema });
const response = z.object({ task: taskSchema });

// GET /api/tasks/{id}
export const GET = defineRoute(
  { summary: "State and progress of one's own task", auth: "user", params, response },
  async ({ params, caller }) => ({ task: await getTask(params.id, caller) }),
);

// DELETE /api/tasks/{id}
export const DELETE = defineRoute(
  {
    summary: "Cancel one's own task, where its queue allows that",
    auth: "user",
    params,
    body: optionalReasonBodySchema,
    response,
  },
  async ({ body, params, caller, client, requestId }) => ({
    task: await cancelTask(params.id, caller, { client, requestId, reason: body?.reason }),
  }),
);

export const { POST, PUT, PATCH, OPTIONS } = rejectOtherMethods("GET", "DELETE");
