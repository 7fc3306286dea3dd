import { signedInReply } from "@/app/api/auth/signed-in-reply";
import { defineRoute } from "@/app/api/define-route";
import { signUp } from "@/lib/accounts";
import { rejectOtherMethods } from "@/lib/core/http";
import { signUpSchema } from "@/lib/schemas/account";
import { signedInSchema, tokenPlacementSchema } from "@/lib/schemas/session";
import { getRefreshToken, replaceSession, startSession } from "@/lib/sessions";

// POST /api/auth/sign-up
export const POST = defineRoute(
  {
    summary: "Create an account",
    auth: "public",
    limit: "strict",
    body: signUpSchema.extend({ tokens: tokenPlacementSchema }),
    response: signedInSchema,
    status: 201,
  },
  async ({ body, client, locale, request, requestId }) => {
    const { user } = await signUp(body, { locale, client, requestId });
    const issued = await startSession({ userId: user.id }, client);
    await replaceSession(getRefreshToken(request.headers));
    return signedInReply(user, issued, { status: 201, tokens: body.tokens, passwordVerified: true });
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
