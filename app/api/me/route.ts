import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { changeProfile, getUser } from "@/lib/accounts";
import { AppError } from "@/lib/core/errors";
import { Reply, rejectOtherMethods } from "@/lib/core/http";
import { messageText } from "@/lib/core/messages";
import { deleteAccount } from "@/lib/privacy";
import { deletionSchema, profileSchema, userSchema } from "@/lib/schemas/account";
import { clearedSessionCookies } from "@/lib/sessions";

// GET /api/me
export const GET = defineRoute(
  { summary: "The signed-in account", auth: "user", response: z.object({ user: userSchema }) },
  async ({ caller }) => {
    const user = await getUser(caller.userId);
    if (!user) throw new AppError("unauthenticated");
    return { user };
  },
);

// PATCH /api/me
export const PATCH = defineRoute(
  {
    summary: "Change the caller's name, the language of their mails, or what their page says of them",
    auth: "user",
    body: profileSchema,
    response: z.object({ user: userSchema }),
  },
  async ({ body, caller, client, requestId }) => ({
    user: await changeProfile(caller, body, { client, requestId }),
  }),
);

// DELETE /api/me
export const DELETE = defineRoute(
  {
    summary:
      "Delete the account permanently; refused, with the orders (`orders.{id}`), while payments are pending",
    auth: "user",
    limit: "strict",
    fresh: true,
    body: deletionSchema,
    response: z.object({ message: z.string() }),
  },
  async ({ body, caller, locale, requestId }) => {
    await deleteAccount(caller, body.password, { locale, requestId });
    return new Reply(
      { message: messageText("account_deleted", locale) },
      { cookies: clearedSessionCookies() },
    );
  },
);

export const { POST, PUT, OPTIONS } = rejectOtherMethods("GET", "PATCH", "DELETE");
