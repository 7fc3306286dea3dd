import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { createLinkCode, findLinkBot, listLinks } from "@/lib/bot";
import { AppError } from "@/lib/core/errors";
import { rejectOtherMethods } from "@/lib/core/http";
import { botLinkSchema, newLinkCodeSchema } from "@/lib/schemas/bot-links";

// GET /api/bot/links
export const GET = defineRoute(
  {
    summary: "List the Telegram users who may act for the caller's account",
    auth: "user",
    response: z.object({ items: z.array(botLinkSchema) }),
  },
  async ({ caller }) => ({ items: await listLinks(caller) }),
);

// POST /api/bot/links
export const POST = defineRoute(
  {
    summary: "Make a one-time code that links a Telegram user with the caller's account",
    auth: "user",
    limit: "strict",
    fresh: true,
    status: 201,
    response: newLinkCodeSchema,
  },
  async ({ caller }) => {
    const bot = await findLinkBot();
    if (!bot) throw new AppError("not_available");
    return createLinkCode(caller, bot.id);
  },
);

export const { PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET", "POST");
