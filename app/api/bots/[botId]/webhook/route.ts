import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { reconnectBot } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { botSchema } from "@/lib/schemas/bot-console";
import { idSchema } from "@/lib/schemas/id";

// POST /api/bots/{botId}/webhook
export const POST = defineRoute(
  {
    summary: "Give Telegram the bot's address and its menu of commands again",
    auth: "user",
    limit: "strict",
    params: z.object({ botId: idSchema }),
    response: z.object({ bot: botSchema }),
  },
  async ({ caller, params }) => ({ bot: await reconnectBot({ caller }, params.botId) }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
