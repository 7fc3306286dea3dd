import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { createBot, listBots } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { botPageQuerySchema, botPageSchema, botSchema, newBotSchema } from "@/lib/schemas/bot-console";

// GET /api/bots
export const GET = defineRoute(
  {
    summary: "The Telegram bots that the caller runs: an administrator all, an artist their own",
    auth: "user",
    query: botPageQuerySchema,
    response: botPageSchema,
  },
  async ({ caller, query }) => listBots(caller, query),
);

// POST /api/bots
export const POST = defineRoute(
  {
    summary: "Add a bot by its token, with the ready workflows. One that is the caller's gets the token",
    auth: "user",
    limit: "strict",
    body: newBotSchema,
    response: z.object({ bot: botSchema }),
    status: 201,
  },
  async ({ caller, body, client, requestId }) => ({
    bot: await createBot({ caller, context: { client, requestId } }, body),
  }),
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
