import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { syncAndSweep } from "@/lib/ops";
import { syncResponseSchema } from "@/lib/schemas/views";
import { sweepReportSchema } from "@/lib/tasks";

/** In seconds; both parts start no new work after 45 s. */
export const maxDuration = 60;

// GET /api/cron/sync-and-sweep
export const GET = defineRoute(
  {
    summary: "Sync views and sweep tasks in one call (for schedulers that count calls)",
    auth: "cron",
    limit: "skip",
    response: z.object({ sync: syncResponseSchema, sweep: sweepReportSchema }),
  },
  async () => syncAndSweep(),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
