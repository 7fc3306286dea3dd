import { z } from "zod";
import { signedInReply } from "@/app/api/auth/signed-in-reply";
import { defineRoute } from "@/app/api/define-route";
import { getUser } from "@/lib/accounts";
import { AppError } from "@/lib/core/errors";
import { rejectOtherMethods } from "@/lib/core/http";
import { signedInSchema } from "@/lib/schemas/session";
import { getRefreshToken, refreshSession } from "@/lib/sessions";

// POST /api/auth/refresh
export const POST = defineRoute(
  {
    summary: "Rotate the refresh token and issue an access token",
    auth: "public",
    limit: "renewal",
    body: z.object({
      /** For programs; browsers send the cookie and the body `{}`. */
      refreshToken: z.string().max(200).optional(),
    }),
    response: signedInSchema,
  },
  async ({ body, client, request }) => {
    const token = body.refreshToken ?? getRefreshToken(request.headers);
    if (token === null) throw new AppError("unauthenticated");
    const issued = await refreshSession(token, client);
    const user = await getUser(issued.session.userId);
    if (!user) throw new AppError("unauthenticated");
    return signedInReply(user, issued, {
      status: 200,
      tokens: body.refreshToken === undefined ? "cookie" : "body",
    });
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
