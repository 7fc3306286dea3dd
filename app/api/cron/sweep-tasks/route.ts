import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { sweepAll } from "@/lib/ops";
import { sweepReportSchema } from "@/lib/tasks";

/** In seconds; a sweep starts no new work after 40 s. */
export const maxDuration = 60;

// GET /api/cron/sweep-tasks
export const GET = defineRoute(
  {
    summary: "Publish pending tasks of the outbox and collect dead letters (for schedulers)",
    auth: "cron",
    limit: "skip",
    response: sweepReportSchema,
  },
  async () => sweepAll(),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
