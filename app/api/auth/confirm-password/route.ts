import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { confirmPassword } from "@/lib/accounts";
import { rejectOtherMethods } from "@/lib/core/http";
import { passwordSchema } from "@/lib/schemas/account";

// POST /api/auth/confirm-password
export const POST = defineRoute(
  {
    summary: "Confirm the password, for actions that require a fresh sign-in",
    auth: "user",
    limit: "strict",
    body: z.object({ password: passwordSchema }),
    response: z.object({ authenticatedAt: z.iso.datetime() }),
  },
  async ({ body, caller, client, requestId }) => ({
    authenticatedAt: await confirmPassword(caller, body.password, { client, requestId }),
  }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
