import { signedIn, signedInSchema, tokensSchema } from "@/app/api/auth/signed-in-reply";
import { route } from "@/app/api/define-route";
import { signUp, signUpSchema } from "@/lib/accounts";
import { onlyAllows } from "@/lib/core/http";
import { refreshTokenOf, replaceSession, startSession } from "@/lib/sessions";

// POST /api/auth/sign-up
export const POST = route(
  {
    summary: "Create an account",
    auth: "public",
    limit: "strict",
    body: signUpSchema.extend({ tokens: tokensSchema }),
    response: signedInSchema,
    status: 201,
  },
  async ({ body, client, locale, request, requestId }) => {
    const { user } = await signUp(body, { locale, client, requestId });
    const issued = await startSession({ userId: user.id }, client);
    await replaceSession(refreshTokenOf(request.headers));
    return signedIn(user, issued, { status: 201, tokens: body.tokens, proved: true });
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
