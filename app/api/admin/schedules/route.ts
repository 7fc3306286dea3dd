import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { getSchedules, schedulesSchema } from "@/lib/ops";

// GET /api/admin/schedules
export const GET = defineRoute(
  {
    summary: "Schedules of QStash, and when the paths that schedules must call were last called",
    auth: "admin",
    response: schedulesSchema,
  },
  async ({ caller }) => getSchedules(caller),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
