import { z } from "zod";
import { signedIn, signedInSchema } from "@/app/api/auth/signed-in-reply";
import { route } from "@/app/api/define-route";
import { getUser } from "@/lib/accounts";
import { AppError } from "@/lib/core/errors";
import { onlyAllows } from "@/lib/core/http";
import { refreshSession, refreshTokenOf } from "@/lib/sessions";

// POST /api/auth/refresh
export const POST = route(
  {
    summary: "Change the refresh token for the next one and a fresh access token",
    auth: "public",
    limit: "renewal",
    body: z.object({
      /** For programs; browsers send theirs as a cookie, and `{}`. */
      refreshToken: z.string().max(200).optional(),
    }),
    response: signedInSchema,
  },
  async ({ body, client, request }) => {
    const token = body.refreshToken ?? refreshTokenOf(request.headers);
    if (token === null) throw new AppError("unauthenticated");
    const issued = await refreshSession(token, client);
    const user = await getUser(issued.session.userId);
    if (!user) throw new AppError("unauthenticated");
    return signedIn(user, issued, {
      status: 200,
      tokens: body.refreshToken === undefined ? "cookie" : "body",
    });
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
