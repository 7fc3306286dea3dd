import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { reasonSchema } from "@/lib/schemas/reason";
import { resumeQueue } from "@/lib/tasks";

// POST /api/admin/queues/{queue}/resume
export const POST = defineRoute(
  {
    summary: "Resume a paused queue: its waiting tasks are published",
    auth: "admin",
    fresh: true,
    params: z.object({ queue: z.string() }),
    body: z.object({ reason: reasonSchema }),
    response: z.object({ queue: z.string() }),
  },
  async ({ body, caller, client, params, requestId }) =>
    resumeQueue(caller, params.queue, { client, requestId, ...body }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
