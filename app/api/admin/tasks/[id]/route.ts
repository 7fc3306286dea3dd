import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { getTaskStory, taskStorySchema } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";

// GET /api/admin/tasks/{id}
export const GET = defineRoute(
  {
    summary:
      "Everything that is known of one task: its cause, attempts, messages, effects and what comes next",
    auth: "admin",
    params: z.object({ id: idSchema }),
    response: taskStorySchema,
  },
  async ({ caller, params }) => getTaskStory(caller, params.id),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
