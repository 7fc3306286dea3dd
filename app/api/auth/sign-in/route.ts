import { signedInReply } from "@/app/api/auth/signed-in-reply";
import { defineRoute } from "@/app/api/define-route";
import { signIn } from "@/lib/accounts";
import { rejectOtherMethods } from "@/lib/core/http";
import { getDeviceCookie } from "@/lib/rate-limit/handler-limits";
import { signInSchema } from "@/lib/schemas/account";
import { signedInSchema, tokenPlacementSchema } from "@/lib/schemas/session";
import { getRefreshToken, replaceSession, startSession } from "@/lib/sessions";

// POST /api/auth/sign-in
export const POST = defineRoute(
  {
    summary: "Sign in with address and password",
    auth: "public",
    limit: "strict",
    body: signInSchema.extend({ tokens: tokenPlacementSchema }),
    response: signedInSchema,
  },
  async ({ body, client, request, requestId }) => {
    const context = { client, requestId, device: getDeviceCookie(request.headers) };
    const { user, requireUnchangedPassword } = await signIn(body, context);
    const issued = await startSession({ userId: user.id }, client, requireUnchangedPassword);
    await replaceSession(getRefreshToken(request.headers));
    return signedInReply(user, issued, { status: 200, tokens: body.tokens, passwordVerified: true });
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
