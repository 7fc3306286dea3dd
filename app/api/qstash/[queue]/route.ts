import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { BODY_LIMIT_BYTES, deliver, deliveryResponse } from "@/app/api/qstash/deliver";
import { rejectOtherMethods } from "@/lib/core/http";

/** In seconds; MAX_MESSAGE_SECONDS, and the commits of the tasks (lib/tasks/define-queue.ts). */
export const maxDuration = 120;

// POST /api/qstash/{queue}
export const POST = defineRoute(
  {
    summary: "Receive a task of any queue from QStash",
    auth: "qstash",
    limit: "skip",
    params: z.object({ queue: z.string().max(64) }),
    text: true,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    response: deliveryResponse,
  },
  async ({ params, text, request }) => deliver(params.queue, text, request.headers),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
