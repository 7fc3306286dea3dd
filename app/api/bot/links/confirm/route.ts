import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { redeemOnSite } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";

// POST /api/bot/links/confirm
export const POST = defineRoute(
  {
    summary: "Link the Telegram user who got a one-time code in a bot with the caller's account",
    auth: "user",
    limit: "strict",
    fresh: true,
    body: z.object({ code: z.string().min(1).max(100) }),
    response: z.object({ linked: z.literal(true) }),
  },
  async ({ caller, body, client, requestId }) => {
    await redeemOnSite(caller, body.code, { client, requestId });
    return { linked: true as const };
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
