import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { changeAddress } from "@/lib/accounts";
import { rejectOtherMethods } from "@/lib/core/http";
import { messageText } from "@/lib/core/messages";
import { changeAddressSchema } from "@/lib/schemas/account";

// POST /api/me/email
export const POST = defineRoute(
  {
    summary: "Request a change of address; it takes effect when the link mailed to it is confirmed",
    auth: "user",
    limit: "strict",
    fresh: true,
    body: changeAddressSchema,
    response: z.object({ message: z.string() }),
    status: 202,
  },
  async ({ body, caller, client, locale, requestId }) => {
    await changeAddress(caller, body, { locale, client, requestId });
    return { message: messageText("address_mail_sent", locale) };
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
