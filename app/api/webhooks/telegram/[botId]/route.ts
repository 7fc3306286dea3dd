import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { receiveUpdate, updateReceiptSchema } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";

/** An update with the longest text is a few kilobytes. */
const BODY_LIMIT_BYTES = 256 * 1024;

// POST /api/webhooks/telegram/{botId}
export const POST = defineRoute(
  {
    summary: "Receive an update of a Telegram bot",
    auth: "public",
    origin: "any",
    limit: "skip",
    params: z.object({ botId: idSchema }),
    text: true,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    response: updateReceiptSchema,
  },
  async ({ params, text, request }) =>
    receiveUpdate(params.botId, text, request.headers.get("x-telegram-bot-api-secret-token")),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
