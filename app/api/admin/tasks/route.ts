import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { deadTasksQuerySchema, getTaskOverview, taskOverviewSchema } from "@/lib/tasks";

// GET /api/admin/tasks
export const GET = defineRoute(
  {
    summary: "Count tasks by queue and state, and list the dead ones",
    auth: "admin",
    query: deadTasksQuerySchema,
    response: taskOverviewSchema,
  },
  async ({ caller, query }) => getTaskOverview(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
