import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { requestPasswordReset } from "@/lib/accounts";
import { rejectOtherMethods } from "@/lib/core/http";
import { messageText } from "@/lib/core/messages";
import { forgotPasswordSchema } from "@/lib/schemas/account";

// POST /api/auth/forgot-password
export const POST = defineRoute(
  {
    summary: "Mail a link to reset the password; the answer does not reveal whether the account exists",
    auth: "public",
    limit: "strict",
    body: forgotPasswordSchema,
    response: z.object({ message: z.string() }),
    status: 202,
  },
  async ({ body, client, locale, requestId }) => {
    await requestPasswordReset(body, { locale, client, requestId });
    return { message: messageText("reset_mail_sent", locale) };
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
