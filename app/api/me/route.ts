import { z } from "zod";
import { changeProfile, getUser, profileSchema, userSchema } from "@/lib/accounts";
import { AppError } from "@/lib/core/errors";
import { onlyAllows } from "@/lib/core/http";
import { route } from "../with-session";

// GET /api/me
export const GET = route(
  { summary: "The signed-in account", auth: "user", response: z.object({ user: userSchema }) },
  async ({ caller }) => {
    const user = await getUser(caller.userId);
    if (!user) throw new AppError("unauthenticated");
    return { user };
  },
);

// PATCH /api/me
export const PATCH = route(
  {
    summary: "Change one's name or the language of one's mails",
    auth: "user",
    body: profileSchema,
    response: z.object({ user: userSchema }),
  },
  async ({ body, caller, client, requestId }) => ({
    user: await changeProfile(caller, body, { client, requestId }),
  }),
);

export const { POST, PUT, DELETE, OPTIONS } = onlyAllows("GET", "PATCH");
