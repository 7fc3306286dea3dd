import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { AppError } from "@/lib/core/errors";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { receiveMessage } from "@/lib/tasks/receive-message";

/** In seconds; the longest timeout of an available queue (lib/tasks/queues). */
export const maxDuration = 90;

/** QStash's message limit on its smaller plans. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/** Makes QStash stop retrying and move the message to the dead letters. */
const NON_RETRYABLE_STATUS = 489;

// POST /api/qstash/{queue}
export const POST = defineRoute(
  {
    summary: "QStash delivers here, for every queue",
    auth: "qstash",
    limit: "skip",
    params: z.object({ queue: z.string().max(64) }),
    text: true,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    response: z.object({ outcome: z.enum(["done", "refused"]), reason: z.string().optional() }),
  },
  async ({ params, text, request }) => {
    const receipt = await receiveMessage(params.queue, text, request.headers);
    switch (receipt.outcome) {
      case "done":
        return receipt;
      case "busy":
        throw new AppError("conflict", {
          message: "locked",
          retryAfterSeconds: receipt.retryAfterSeconds,
        });
      case "refused":
        return new Reply(receipt, {
          status: NON_RETRYABLE_STATUS,
          headers: { "Upstash-NonRetryable-Error": "true" },
        });
    }
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
