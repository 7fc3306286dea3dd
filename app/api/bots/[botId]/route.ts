import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { changeBot, deleteBot, getBot } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { botChangeSchema, botSchema } from "@/lib/schemas/bot-console";
import { idSchema } from "@/lib/schemas/id";

const params = z.object({ botId: idSchema });
const response = z.object({ bot: botSchema });

// GET /api/bots/{botId}
export const GET = defineRoute(
  { summary: "One bot that the caller runs", auth: "user", params, response },
  async ({ caller, params }) => ({ bot: await getBot(caller, params.botId) }),
);

// PATCH /api/bots/{botId}
export const PATCH = defineRoute(
  {
    summary: "Rename, pause or resume a bot. A paused one ignores updates and sends nothing",
    auth: "user",
    params,
    body: botChangeSchema,
    response,
  },
  async ({ caller, params, body, client, requestId }) => ({
    bot: await changeBot({ caller, context: { client, requestId } }, params.botId, body),
  }),
);

// DELETE /api/bots/{botId}
export const DELETE = defineRoute(
  {
    summary: "Delete a bot with its workflows and all conversations",
    auth: "user",
    limit: "strict",
    fresh: true,
    params,
    response: z.object({ id: z.uuid() }),
  },
  async ({ caller, params, client, requestId }) => {
    await deleteBot({ caller, context: { client, requestId } }, params.botId);
    return { id: params.botId };
  },
);

export const { POST, PUT, OPTIONS } = rejectOtherMethods("GET", "PATCH", "DELETE");
