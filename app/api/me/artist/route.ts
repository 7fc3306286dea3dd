import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { becomeArtist } from "@/lib/accounts";
import { rejectOtherMethods } from "@/lib/core/http";
import { userSchema } from "@/lib/schemas/account";

// POST /api/me/artist
export const POST = defineRoute(
  {
    summary: "Become an artist, who may sell; requires a confirmed address",
    auth: "user",
    response: z.object({ user: userSchema }),
  },
  async ({ caller, client, requestId }) => ({ user: await becomeArtist(caller, { client, requestId }) }),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
