import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { syncNow, syncResponseSchema } from "@/lib/views";

/** A sync takes at most 45 s of new batches and one statement more. */
export const maxDuration = 60;

// GET /api/cron/sync-views
export const GET = defineRoute(
  {
    summary: "Carry waiting views into Postgres (for the scheduler)",
    auth: "cron",
    limit: "skip",
    response: syncResponseSchema,
  },
  async () => syncNow("cron"),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
