import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import { Reply } from "@/lib/core/http";
import { receiveMessage } from "@/lib/tasks/receive-message";

/** QStash's message limit on its smaller plans. */
export const BODY_LIMIT_BYTES = 1024 * 1024;

/** Makes QStash stop retrying and move the message to the dead letters. */
const NON_RETRYABLE_STATUS = 489;

export const deliveryResponse = z.object({
  outcome: z.enum(["done", "refused"]),
  reason: z.string().optional(),
});

/** Handles one delivery of QStash, for every route that it delivers to. */
export async function deliver(queue: string, text: string, headers: Headers) {
  const receipt = await receiveMessage(queue, text, headers);
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
}
