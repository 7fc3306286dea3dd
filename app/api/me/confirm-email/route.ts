import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { resendConfirmation } from "@/lib/accounts";
import { rejectOtherMethods } from "@/lib/core/http";
import { messageText } from "@/lib/core/messages";

// POST /api/me/confirm-email
export const POST = defineRoute(
  {
    summary: "Mail the link that confirms the address again",
    auth: "user",
    limit: "strict",
    response: z.object({ message: z.string() }),
    status: 202,
  },
  async ({ caller, locale }) => {
    await resendConfirmation(caller, locale);
    return { message: messageText("confirm_mail_sent", locale) };
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
