import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { changePassword } from "@/lib/accounts";
import { rejectOtherMethods } from "@/lib/core/http";
import { messageText } from "@/lib/core/messages";
import { changePasswordSchema } from "@/lib/schemas/account";

// POST /api/me/password
export const POST = defineRoute(
  {
    summary: "Change the password; ends all other sessions",
    auth: "user",
    limit: "strict",
    fresh: true,
    body: changePasswordSchema,
    response: z.object({ message: z.string() }),
  },
  async ({ body, caller, client, locale, requestId }) => {
    await changePassword(caller, body, { client, requestId });
    return { message: messageText("password_changed", locale) };
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
