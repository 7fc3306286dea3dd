import { z } from "zod";
import { route } from "@/app/api/define-route";
import { askForPasswordReset, forgotPasswordSchema } from "@/lib/accounts";
import { onlyAllows } from "@/lib/core/http";
import { messageText } from "@/lib/core/messages";

// POST /api/auth/forgot-password
export const POST = route(
  {
    summary: "Mail a link to choose a new password; the same answer whether there is such an account or not",
    auth: "public",
    limit: "strict",
    body: forgotPasswordSchema,
    response: z.object({ message: z.string() }),
    status: 202,
  },
  async ({ body, client, locale, requestId }) => {
    await askForPasswordReset(body, { locale, client, requestId });
    return { message: messageText("reset_mail_sent", locale) };
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
