import { route } from "@/app/api/define-route";
import { onlyAllows } from "@/lib/core/http";
import { deadTasksQuerySchema, taskOverview, taskOverviewSchema } from "@/lib/tasks";

// GET /api/admin/tasks
export const GET = route(
  {
    summary: "Tasks by queue and state, and the dead ones",
    auth: "admin",
    query: deadTasksQuerySchema,
    response: taskOverviewSchema,
  },
  async ({ caller, query }) => taskOverview(caller, query),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET");
