import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { deadTasksQuerySchema, getTaskOverview, taskOverviewSchema } from "@/lib/tasks";

// GET /api/admin/tasks
export const GET = defineRoute(
  {
    summary: "Tasks by queue and state, and the dead ones",
    auth: "admin",
    query: deadTasksQuerySchema,
    response: taskOverviewSchema,
  },
  async ({ caller, query }) => getTaskOverview(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
