import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { resetPassword } from "@/lib/accounts";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { messageText } from "@/lib/core/messages";
import { createDeviceCookie } from "@/lib/rate-limit/handler-limits";
import { resetPasswordSchema } from "@/lib/schemas/account";
import { clearedSessionCookies } from "@/lib/sessions";

// POST /api/auth/reset-password
export const POST = defineRoute(
  {
    summary: "Set a new password with the token of a mailed link; ends all sessions of the account",
    auth: "public",
    limit: "strict",
    body: resetPasswordSchema,
    response: z.object({ message: z.string() }),
  },
  async ({ body, client, locale, requestId }) => {
    const { email } = await resetPassword(body, { client, requestId });
    // The device cookie lets the owner sign in while guesses from other devices block unknown browsers.
    const cookies = [...clearedSessionCookies(), createDeviceCookie(email)];
    return new Reply({ message: messageText("password_reset", locale) }, { cookies });
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
