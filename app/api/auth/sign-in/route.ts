import { signedIn, signedInSchema, tokensSchema } from "@/app/api/auth/signed-in-reply";
import { route } from "@/app/api/define-route";
import { signIn, signInSchema } from "@/lib/accounts";
import { onlyAllows } from "@/lib/core/http";
import { deviceOf } from "@/lib/rate-limit/handler-limits";
import { refreshTokenOf, replaceSession, startSession } from "@/lib/sessions";

// POST /api/auth/sign-in
export const POST = route(
  {
    summary: "Sign in with address and password",
    auth: "public",
    limit: "strict",
    body: signInSchema.extend({ tokens: tokensSchema }),
    response: signedInSchema,
  },
  async ({ body, client, request, requestId }) => {
    const door = { client, requestId, device: deviceOf(request.headers) };
    const { user, requireSamePassword } = await signIn(body, door);
    const issued = await startSession({ userId: user.id }, client, requireSamePassword);
    await replaceSession(refreshTokenOf(request.headers));
    return signedIn(user, issued, { status: 200, tokens: body.tokens, proved: true });
  },
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
