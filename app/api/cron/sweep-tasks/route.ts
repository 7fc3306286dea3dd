import { route } from "@/app/api/define-route";
import { onlyAllows } from "@/lib/core/http";
import { sweepSchema, sweepTasks } from "@/lib/tasks";

/** A sweep begins nothing new after 40 s. */
export const maxDuration = 60;

// GET /api/cron/sweep-tasks
export const GET = route(
  {
    summary: "Publish what waits in the outbox, bring dead letters home (for the schedulers)",
    auth: "cron",
    limit: "skip",
    response: sweepSchema,
  },
  async () => sweepTasks(),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET");
