import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { sweepReportSchema, sweepTasks } from "@/lib/tasks";

/** In seconds; a sweep starts no new work after 40 s. */
export const maxDuration = 60;

// GET /api/cron/sweep-tasks
export const GET = defineRoute(
  {
    summary: "Publish what waits in the outbox, bring dead letters home (for the schedulers)",
    auth: "cron",
    limit: "skip",
    response: sweepReportSchema,
  },
  async () => sweepTasks(),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
