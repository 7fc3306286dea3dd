import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { confirmAddress } from "@/lib/accounts";
import { rejectOtherMethods } from "@/lib/core/http";
import { messageText } from "@/lib/core/messages";
import { confirmAddressSchema } from "@/lib/schemas/account";

// POST /api/auth/confirm-email
export const POST = defineRoute(
  {
    summary: "Confirm an address, or a change of address, with the token of a mailed link",
    auth: "public",
    limit: "strict",
    body: confirmAddressSchema,
    response: z.object({ outcome: z.enum(["confirmed", "changed"]), message: z.string() }),
  },
  async ({ body, client, locale, requestId }) => {
    const outcome = await confirmAddress(body.token, { client, requestId });
    return { outcome, message: messageText(`address_${outcome}`, locale) };
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
