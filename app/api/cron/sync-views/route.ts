import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { syncResponseSchema } from "@/lib/schemas/views";
import { syncNow } from "@/lib/views";

/** In seconds; a sync claims new batches for at most 45 s and then finishes one statement. */
export const maxDuration = 60;

// GET /api/cron/sync-views
export const GET = defineRoute(
  {
    summary: "Write pending views to Postgres (for schedulers)",
    auth: "cron",
    limit: "skip",
    response: syncResponseSchema,
  },
  async () => syncNow("cron"),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
