import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { listTasks, taskFilterSchema, taskListSchema } from "@/lib/tasks";

// GET /api/admin/tasks/search
export const GET = defineRoute(
  {
    summary: "Find tasks by queue, state, owner, subject, error and time, newest first",
    auth: "admin",
    query: taskFilterSchema,
    response: taskListSchema,
  },
  async ({ caller, query }) => listTasks(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
