import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { reasonSchema } from "@/lib/schemas/reason";
import { pauseQueue, queuePauseSchema } from "@/lib/tasks";

// POST /api/admin/queues/{queue}/pause
export const POST = defineRoute(
  {
    summary: "Pause a queue: its tasks wait in Postgres",
    auth: "admin",
    fresh: true,
    params: z.object({ queue: z.string() }),
    body: z.object({ reason: reasonSchema }),
    response: z.object({ pause: queuePauseSchema }),
  },
  async ({ body, caller, client, params, requestId }) => ({
    pause: await pauseQueue(caller, params.queue, { client, requestId, ...body }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
